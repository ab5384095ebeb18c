import Foundation
import NIOHTTP1
import Primitives
import Sync

/// The journal that a person has on a server, as far as it can be seen without syncing: to ask changes nothing there.
package struct ServerJournal: Sendable {
    package struct Holdings: Hashable, Sendable {
        package let tradeCount: Int
        package let entryCount: Int
        package let tagCount: Int
        /// `exchange/label`, as other devices wrote them: clean them before showing them.
        package let accounts: [String]

        /// A server may say any number, so they are not added up.
        package var isEmpty: Bool { tradeCount == 0 && entryCount == 0 && tagCount == 0 && accounts.isEmpty }
    }

    private static let answerBytesMax = 8 << 20

    private let connection: ServerConnection

    package init(_ connection: ServerConnection) { self.connection = connection }

    private struct Total: Decodable {
        let total: Int
    }

    private struct Options: Decodable {
        struct Account: Decodable {
            let exchange: String
            let label: String
        }
        struct Tag: Decodable {
            let tag: String
        }
        struct Lists: Decodable {
            let accounts: [Account]
            let tags: [Tag]
        }
        let data: Lists
    }

    /// - Throws: what a connection throws; `server.bad_answer`.
    package func holdings() async throws -> Holdings {
        let trades: Total = try await read("/journal/trades?limit=1")
        let entries: Total = try await read("/journal/entries?limit=1")
        let options: Options = try await read("/journal/analytics/filter-options")
        return Holdings(
            tradeCount: trades.total, entryCount: entries.total, tagCount: options.data.tags.count,
            accounts: options.data.accounts.map { "\($0.exchange)/\($0.label)" })
    }

    /// Whether the server's journal has what this device wrote first: its name.
    ///
    /// - Throws: what a connection throws.
    package func knows(_ device: ReplicaID) async throws -> Bool {
        let call = ServerCall(
            method: .GET, path: "/journal/history/\(device)?limit=1", answerBytesMax: Self.answerBytesMax)
        let answer = try await connection.answer(call)
        if answer.status == 404 { return false }
        guard answer.isSuccess else { throw ServerFailure.of(answer, from: connection.server) }
        return true
    }

    private func read<Answer: Decodable>(_ path: String) async throws -> Answer {
        let answer = try await connection.send(
            ServerCall(method: .GET, path: path, answerBytesMax: Self.answerBytesMax))
        guard let read = try? JSONDecoder().decode(Answer.self, from: Data(answer.body)) else {
            throw Failure.serverBadAnswer(connection.server)
        }
        return read
    }
}
