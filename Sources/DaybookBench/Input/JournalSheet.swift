import Foundation
import Journal
import Primitives

/// Closed trades as `make_journal.py` writes them.
enum JournalSheet {
    private static let columnCount = 17

    /// - Parameter countMax: how many of the lines are taken.
    static func trades(_ path: String, countMax: Int) throws -> [TradeFacts] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.notFound, "bench.no_input", "Cannot read \(path). `make_journal.py` writes it.")
        }
        return try data.split(separator: UInt8(ascii: "\n")).dropFirst().prefix(countMax).map {
            try trade(String(decoding: $0, as: UTF8.self))
        }
    }

    static func trade(_ line: String) throws -> TradeFacts {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard cells.count == columnCount, let id = Hex.decode(String(cells[0])).flatMap({ ID<Trade>(bytes: $0) }),
            let direction = Direction(rawValue: String(cells[4])), let opened = Int64(cells[7]),
            let closed = Int64(cells[8]), let gross = Amount(cells[9]), let fees = Amount(cells[10]),
            let net = Amount(cells[11])
        else { throw Failure(.invalid, "bench.bad_input", "A line cannot be read: \(line)") }
        return TradeFacts(
            id: id, account: account(String(cells[1])), symbol: String(cells[3]), direction: direction,
            openedAt: Timestamp(milliseconds: opened), closedAt: Timestamp(milliseconds: closed), gross: gross,
            fees: fees, net: net, risk: Amount(cells[12]), setup: String(cells[5]),
            tags: cells[6].split(separator: " ").map { String($0) })
    }

    static func account(_ name: String) -> ID<Account> {
        ID(rawValue: name.utf8.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
    }
}
