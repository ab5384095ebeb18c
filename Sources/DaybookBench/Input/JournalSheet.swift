import Foundation
import Journal
import Primitives
import Storage
import Sync

/// Closed trades as `make_journal.py` writes them.
enum JournalSheet {
    private static let columnCount = 17

    /// - Parameter countMax: how many of the lines are taken.
    static func trades(_ path: String, countMax: Int) throws -> [TradeFacts] {
        try lines(path, countMax: countMax).map { try trade($0) }
    }

    static func lines(_ path: String, countMax: Int) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.notFound, "bench.no_input", "Cannot read \(path). `make_journal.py` writes it.")
        }
        return data.split(separator: UInt8(ascii: "\n")).dropFirst().prefix(countMax).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Drafts the trades as a person would have entered them, each in an account of its exchange.
    static func write(_ lines: [String], into draft: inout Draft) throws {
        var accounts: [String: Account] = [:]
        var tags: Set<String> = []
        for line in lines {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
            let trade = try trade(line)
            let account = accounts[cells[1]] ?? .named(exchange: cells[2], environment: .live, label: cells[1])
            if accounts.updateValue(account, forKey: cells[1]) == nil {
                draft.put(
                    Schema.account, account.id,
                    ["exchange": .text(cells[2]), "environment": .text("live"), "label": .text(cells[1])])
            }
            var fields: [String: Value] = [
                "account": .id(account.id), "symbol": .text(cells[3]), "direction": .text(cells[4]),
                "quantity": .text(cells[13]), "entry_price": .text(cells[14]), "exit_price": .text(cells[15]),
                "opened_ms": .integer(trade.openedAt.milliseconds),
                "closed_ms": .integer(trade.closedAt.milliseconds), "fees": .text(cells[10]),
            ]
            if !cells[16].isEmpty { fields["stop_price"] = .text(cells[16]) }
            if !cells[5].isEmpty { fields["setup"] = .text(cells[5]) }
            draft.put(Schema.trade, trade.id, fields)
            for name in trade.tags {
                let id = Tag.id(named: name)
                if tags.insert(name).inserted { draft.put(Schema.tag, id, ["name": .text(name)]) }
                draft.add(Schema.tradeTags, to: trade.id, id)
            }
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
