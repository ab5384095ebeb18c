import Foundation
import Journal
import Primitives
import Storage
import Sync

/// The trades that everyone is measured with, read and checked before the clock runs.
struct TradeSheet: Sendable {
    struct Line: Sendable {
        let id: ID<Trade>
        let writes: [FieldWrite]
        let tags: [ID<Tag>]
        let notes: String
        let rating: Int64
    }

    private(set) var accounts: [Account] = []
    private(set) var tags: [Tag] = []
    private(set) var lines: [Line] = []

    private static let columnCount = 15

    /// - Parameter countMax: how many of the lines are taken.
    init(_ path: String, countMax: Int = .max) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.notFound, "bench.no_input", "Cannot read \(path). `make_trades.py` writes it.")
        }
        var accountsByName: [String: Account] = [:]
        var tagsByName: [String: Tag] = [:]
        for line in data.split(separator: UInt8(ascii: "\n")).dropFirst().prefix(countMax) {
            let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard cells.count == Self.columnCount, let id = Hex.decode(cells[0]).flatMap({ ID<Trade>(bytes: $0) }),
                let rating = Int64(cells[12])
            else { throw Failure(.invalid, "bench.bad_input", "A line of \(path) cannot be read.") }
            let account = accountsByName[cells[1]] ?? Self.account(cells[1])
            accountsByName[cells[1]] = account
            let names = cells[13].split(separator: " ").map { String($0) }
            for name in names where tagsByName[name] == nil {
                tagsByName[name] = Tag(id: Tag.id(named: name), name: name)
            }
            lines.append(
                Line(
                    id: id, writes: try Self.writes(cells, account, rating: rating),
                    tags: names.map { Tag.id(named: $0) },
                    notes: cells[14], rating: rating))
        }
        accounts = accountsByName.values.sorted { $0.label < $1.label }
        tags = tagsByName.values.sorted { $0.name < $1.name }
    }

    private static func account(_ name: String) -> Account {
        let exchange = name.split(separator: "-").first.map { String($0) } ?? name
        return .named(exchange: exchange, environment: .live, label: name)
    }

    /// What `TradeFields` would write; 0 stars are no rating.
    private static func writes(_ cells: [String], _ account: Account, rating: Int64) throws -> [FieldWrite] {
        func amount(_ index: Int) throws -> Value {
            guard let amount = Amount(cells[index]) else {
                throw Failure(.invalid, "bench.bad_input", "\(cells[index]) is no amount.")
            }
            return .text(amount.description)
        }
        var fields: [String: Value] = [
            "account": .id(account.id), "symbol": .text(cells[2]), "direction": .text(cells[3]),
            "quantity": try amount(4), "entry_price": try amount(5), "exit_price": try amount(6),
            "opened_ms": .integer(Int64(cells[7]) ?? 0), "closed_ms": .integer(Int64(cells[8]) ?? 0),
            "fees": try amount(10), "stop_price": try amount(11), "notes": .text(cells[14]),
        ]
        if rating > 0 { fields["rating"] = .integer(rating) }
        return fields.map { FieldWrite(Schema.trade.number(of: $0), $1) }.sorted { $0.field < $1.field }
    }

    /// The numbers of the lines in an order that has nothing to do with their ids.
    func shuffled(seed: UInt64) -> [Int] {
        var dice = Dice(seed: seed)
        return lines.indices.shuffled(using: &dice)
    }

    /// Drafts all of it, as an import would.
    func write(into draft: inout Draft) {
        for account in accounts {
            draft.put(
                Schema.account, account.id,
                [
                    "exchange": .text(account.exchange), "environment": .text(account.environment.rawValue),
                    "label": .text(account.label),
                ])
        }
        for tag in tags { draft.put(Schema.tag, tag.id, ["name": .text(tag.name)]) }
        for line in lines {
            draft.put(Schema.trade.kind, line.id.cast(), line.writes)
            for tag in line.tags { draft.add(Schema.tradeTags, to: line.id, tag) }
        }
    }
}
