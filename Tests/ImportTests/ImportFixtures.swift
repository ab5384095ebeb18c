import Foundation
import Journal
import Primitives

/// The files in `fixtures/imports`, and short ways to import and to show them.
enum Fixture {
    /// All texts, in the order of their names; of what is no CSV with the ending.
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder().path)) ?? [])
        .filter { name in !["py", "xlsx", "zip"].contains { name.hasSuffix("." + $0) } }
        .map { $0.hasSuffix(".csv") ? String($0.dropLast(4)) : $0 }.sorted()

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder().appendingPathComponent(name.contains(".") ? name : name + ".csv")))
    }

    /// Looks upwards from this file, through links.
    private static func folder() throws -> URL {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            let imports = folder.appendingPathComponent("fixtures/imports")
            if FileManager.default.fileExists(atPath: imports.path) { return imports }
            folder.deleteLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile)
    }
}

extension Account {
    static let main = Account.named(exchange: "binance", environment: .live, label: "main")
}

/// Hands out bytes in pieces of the sizes that `size` says.
func chunks(_ bytes: [UInt8], _ size: @escaping () -> Int = { 64 * 1024 }) -> () -> [UInt8]? {
    var begin = 0
    return {
        guard begin < bytes.count else { return nil }
        let end = min(bytes.count, begin + max(size(), 0))
        defer { begin = end }
        return Array(bytes[begin..<end])
    }
}

func importRows(
    _ bytes: [UInt8], format: ImportFormat = .auto, account: Account = .main, fileName: String = "",
    _ options: ImportOptions = ImportOptions(), batch: Int = 1000, size: @escaping () -> Int = { 64 * 1024 }
) throws -> [ImportRow] {
    var reader = try ImportReader(
        account: account, format: format, fileName: fileName, options: options, nextChunk: chunks(bytes, size))
    var rows: [ImportRow] = []
    while let next = try reader.nextBatch(batch) { rows += next }
    return rows
}

func importRows(
    _ text: String, format: ImportFormat = .auto, account: Account = .main, fileName: String = "",
    _ options: ImportOptions = ImportOptions()
) throws -> [ImportRow] {
    try importRows(Array(text.utf8), format: format, account: account, fileName: fileName, options)
}

/// What the reader says of its reading, after the whole file.
func importNotes(
    _ text: String, fileName: String = "", _ options: ImportOptions = ImportOptions()
) throws -> String {
    var reader = try ImportReader(
        account: .main, fileName: fileName, options: options, nextChunk: chunks(Array(text.utf8)))
    while try reader.nextBatch() != nil {}
    return reader.reading.joined(separator: "; ")
}

func fills(_ rows: [ImportRow]) -> [Fill] {
    rows.compactMap { row in
        guard case .fill(let fill, _) = row else { return nil }
        return fill
    }
}

/// One row on one line: `2 2026-09-14T16:20:11.000Z BTC_USDT buy 0.5 @ 60000 fee 3 BNB #0 id`.
func shown(_ row: ImportRow) -> String {
    switch row {
    case .fill(let fill, let line):
        let fee = fill.feeCurrency.isEmpty ? "\(fill.fee)" : "\(fill.fee) \(fill.feeCurrency)"
        return "\(line) \(fill.time) \(fill.symbol) \(fill.side) \(fill.quantity) @ \(fill.price) fee \(fee) "
            + "#\(fill.sequence)" + (fill.externalID.isEmpty ? "" : " \(fill.externalID)")
    case .skipped(let line, let reason): return "\(line) skipped: \(reason)"
    case .refused(let line, let reason): return "\(line) refused: \(reason)"
    }
}
