import Hummingbird
import Primitives

/// The routes of a family, one line each: the line registers the handler and says what it is for.
package struct RouteTable: Sendable {
    package struct Route: Sendable {
        package let method: String
        /// With parameters as OpenAPI writes them: `/trades/{id}`.
        package let path: String
        package let summary: String
        package let admits: Admission
        /// The parameters of its path that are no ids.
        package let names: [String: Shape]
        /// The parameters of its query; nil for a route that takes whatever comes.
        package let reads: [any QueryParameter]?
        /// The header fields that change what it does.
        package let heeds: [RequestHeader]
        package let takes: Content
        /// By status. What it answers when it fails stands in no route.
        package let answers: [Int: Content]
        package let failures: FailureShape
        let handler: @Sendable (Call) async throws -> Answer
    }

    package private(set) var routes: [Route] = []
    /// The path below which all routes are.
    package let base: String
    /// How the family tells what went wrong.
    package let failures: FailureShape
    private let admits: Admission

    /// - Parameter admits: who may use the routes that do not say otherwise.
    package init(_ base: String, admits: Admission, failures: FailureShape = .standard) {
        self.base = base
        self.admits = admits
        self.failures = failures
    }

    package mutating func get(
        _ path: String, _ summary: String, admits: Admission? = nil, names: [String: Shape] = [:],
        reads: [any QueryParameter]? = nil, heeds: [RequestHeader] = [], answers: [Int: Content] = [:],
        _ handler: @escaping @Sendable (Call) async throws -> some Answerable
    ) { add("GET", path, summary, admits, names, reads, heeds, .nothing, answers, handler) }

    package mutating func head(
        _ path: String, _ summary: String, admits: Admission? = nil, names: [String: Shape] = [:],
        reads: [any QueryParameter]? = nil, heeds: [RequestHeader] = [], answers: [Int: Content] = [:],
        _ handler: @escaping @Sendable (Call) async throws -> some Answerable
    ) { add("HEAD", path, summary, admits, names, reads, heeds, .nothing, answers, handler) }

    package mutating func post(
        _ path: String, _ summary: String, admits: Admission? = nil, names: [String: Shape] = [:],
        reads: [any QueryParameter]? = nil, heeds: [RequestHeader] = [], takes: Content = .nothing,
        answers: [Int: Content] = [:],
        _ handler: @escaping @Sendable (Call) async throws -> some Answerable
    ) { add("POST", path, summary, admits, names, reads, heeds, takes, answers, handler) }

    package mutating func put(
        _ path: String, _ summary: String, admits: Admission? = nil, names: [String: Shape] = [:],
        reads: [any QueryParameter]? = nil, heeds: [RequestHeader] = [], takes: Content = .nothing,
        answers: [Int: Content] = [:],
        _ handler: @escaping @Sendable (Call) async throws -> some Answerable
    ) { add("PUT", path, summary, admits, names, reads, heeds, takes, answers, handler) }

    package mutating func patch(
        _ path: String, _ summary: String, admits: Admission? = nil, names: [String: Shape] = [:],
        reads: [any QueryParameter]? = nil, heeds: [RequestHeader] = [], takes: Content = .nothing,
        answers: [Int: Content] = [:],
        _ handler: @escaping @Sendable (Call) async throws -> some Answerable
    ) { add("PATCH", path, summary, admits, names, reads, heeds, takes, answers, handler) }

    package mutating func delete(
        _ path: String, _ summary: String, admits: Admission? = nil, names: [String: Shape] = [:],
        reads: [any QueryParameter]? = nil, heeds: [RequestHeader] = [], takes: Content = .nothing,
        answers: [Int: Content] = [:],
        _ handler: @escaping @Sendable (Call) async throws -> some Answerable
    ) { add("DELETE", path, summary, admits, names, reads, heeds, takes, answers, handler) }

    private mutating func add(
        _ method: String, _ path: String, _ summary: String, _ admits: Admission?, _ names: [String: Shape],
        _ reads: [any QueryParameter]?, _ heeds: [RequestHeader], _ takes: Content, _ answers: [Int: Content],
        _ handler: @escaping @Sendable (Call) async throws -> some Answerable
    ) {
        routes.append(
            Route(
                method: method, path: base + path, summary: summary, admits: admits ?? self.admits, names: names,
                reads: reads, heeds: heeds, takes: takes, answers: answers, failures: failures
            ) { call in
                try await handler(call).answer()
            })
    }
}
