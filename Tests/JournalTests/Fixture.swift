import Foundation
import Journal
import Primitives

/// A file under the repository's `fixtures` folder.
enum Fixture {
    struct Missing: Error {
        let path: String
    }

    static func tree(_ path: String) throws -> JSONTree {
        try JSONDecoder().decode(JSONTree.self, from: data(path))
    }

    static func data(_ path: String) throws -> Data { try Data(contentsOf: folder().appending(path: path)) }

    /// A file of the repository, from its root on.
    static func source(_ path: String) throws -> Data {
        try Data(contentsOf: folder().deletingLastPathComponent().appending(path: path))
    }

    /// The folder lies beside `Tests`, wherever the sources are.
    private static func folder() throws -> URL {
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        while place.path() != "/" {
            place.deleteLastPathComponent()
            let candidate = place.appending(path: "fixtures")
            if FileManager.default.fileExists(atPath: candidate.path(percentEncoded: false)) { return candidate }
        }
        throw Missing(path: #filePath)
    }

    /// The fills of a fixture, `[id, side, price, quantity, fee, fee currency, time, sequence, leg, effect, cost]` and the
    /// last three where there are any, all of them text.
    static func fills(
        _ rows: JSONTree, account: ID<Account>, symbol: String, kind: MarketKind? = nil
    ) throws -> [Fill] {
        try rows.elements.map { row in
            let texts = row.elements.compactMap(\.string)
            guard texts.count >= 8, let id = UInt128(texts[0]), let side = Side(rawValue: texts[1]),
                let price = Amount(texts[2]), let quantity = Amount(texts[3]), let fee = Amount(texts[4]),
                let time = Int64(texts[6]), let sequence = Int64(texts[7])
            else { throw Missing(path: "\(row)") }
            return Fill(
                id: ID(rawValue: id), account: account, symbol: symbol, side: side, price: price, quantity: quantity,
                fee: fee, feeCurrency: texts[5], time: Timestamp(milliseconds: time), sequence: sequence,
                externalID: "", marketKind: kind, leg: texts.count > 8 ? Direction(rawValue: texts[8]) : nil,
                effect: texts.count > 9 ? Fill.Effect(rawValue: texts[9]) : nil)
        }
    }

    /// What was said that the fills of a fixture had cost.
    static func costs(_ rows: JSONTree) -> [Amount?] {
        rows.elements.map { row in
            let texts = row.elements.compactMap(\.string)
            return texts.count > 10 ? Amount(texts[10]) : nil
        }
    }
}
