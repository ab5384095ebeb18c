import Foundation
import Testing

/// Somebody who is signed in and uses the journal over REST.
struct Trader {
    let server: RunningServer
    let session: SignedIn

    init(_ server: RunningServer, wallet: UInt8 = 1) throws {
        self.server = server
        session = try Wallet(wallet).session(at: server)
    }

    init(_ server: RunningServer, _ session: SignedIn) {
        self.server = server
        self.session = session
    }

    func get(_ path: String, _ fields: [String: String] = [:]) throws -> HTTPAnswer {
        try send("GET", path, nil, fields)
    }

    /// - Parameter json: nil for no body.
    func send(
        _ method: String, _ path: String, _ json: Any? = nil, _ fields: [String: String] = [:]
    ) throws -> HTTPAnswer {
        var all = session.bearer.merging(fields) { $1 }
        var body: [UInt8]? = method == "GET" ? nil : []
        if let json {
            all["Content-Type"] = "application/json"
            body = Array(try JSONSerialization.data(withJSONObject: json, options: .fragmentsAllowed))
        }
        return try server.client().send(method, "/api/v1/journal" + path, all, body: body)
    }

    /// A request that must be answered well, and its body.
    @discardableResult
    func ask(
        _ method: String, _ path: String, _ json: Any? = nil, _ fields: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Tree {
        let answer = try send(method, path, json, fields)
        try #require(
            (200...299).contains(answer.status), "\(answer.status) \(answer.text)", sourceLocation: sourceLocation)
        return answer.tree
    }

    func ask(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Tree {
        try ask("GET", path, sourceLocation: sourceLocation)
    }

    /// Enters a trade by hand: long, one share, in at 100.
    @discardableResult
    func trade(_ changes: [String: Any] = [:]) throws -> Tree {
        let trade: [String: Any] = [
            "symbol": "AAPL", "side": "LONG", "quantity": "1", "entry_price": "100",
            "opened_at": "2026-11-02T10:00:00Z",
        ]
        return try ask("POST", "/trades", trade.merging(changes) { $1 })
    }
}

/// Parsed JSON, as far as a test looks into it.
struct Tree: @unchecked Sendable, CustomStringConvertible {
    let value: Any?

    init(_ value: Any?) { self.value = value is NSNull ? nil : value }

    subscript(_ key: String) -> Tree { Tree((value as? [String: Any])?[key]) }
    subscript(_ index: Int) -> Tree {
        let list = self.list
        return Tree(list.indices.contains(index) ? list[index].value : nil)
    }
    /// Whether it has the member, if only as null.
    func has(_ key: String) -> Bool { (value as? [String: Any])?[key] != nil }
    var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
    var list: [Tree] { (value as? [Any])?.map { Tree($0) } ?? [] }
    var text: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var count: Int? { (value as? NSNumber)?.intValue }
    var flag: Bool? { value as? Bool }
    var isNull: Bool { value == nil }
    /// Equal trees have equal descriptions.
    var description: String {
        let data = try? JSONSerialization.data(
            withJSONObject: value ?? NSNull(), options: [.sortedKeys, .fragmentsAllowed])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "?"
    }
}

extension HTTPAnswer {
    var tree: Tree { Tree(try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed)) }
}

extension String {
    /// As a value of a query.
    var escaped: String { addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}

extension Trader {
    /// Sends a file to be imported.
    func send(file: String?, _ fields: [String: String] = [:]) throws -> HTTPAnswer {
        try send(bytes: file.map { Array($0.utf8) }, called: "fills.csv", fields)
    }

    private func send(bytes: [UInt8]?, called name: String, _ fields: [String: String]) throws -> HTTPAnswer {
        var form = Form()
        for (name, value) in fields { form.add(name, value) }
        if let bytes { form.add(file: bytes, called: name) }
        return try server.client().send(
            "POST", "/api/v1/journal/import", session.bearer.merging(Form.fields) { $1 }, body: form.body)
    }

    /// Imports a file, and waits until it is done.
    @discardableResult
    func importFile(_ text: String, _ fields: [String: String] = [:]) async throws -> Tree {
        try await importFile(bytes: Array(text.utf8), called: "fills.csv", fields)
    }

    func importFile(bytes: [UInt8], called name: String, _ fields: [String: String] = [:]) async throws -> Tree {
        let answer = try send(bytes: bytes, called: name, fields)
        try #require(answer.status == 202, "\(answer.text)")
        let id = answer.tree["import_id"].text ?? ""
        for _ in 0..<500 {
            let job = try ask("/import/\(id)")
            if !job["finished_at"].isNull { return job }
            usleep(20_000)
        }
        throw ConnectionLost()
    }
}
