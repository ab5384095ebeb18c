import Foundation
import Journal
import Primitives
import Testing
import TestSupport

/// `FUZZ_SEED=7 FUZZ_ROUNDS=100000 swift test --filter ImportFuzzTests` runs from another seed, and longer.
@Suite struct ImportFuzzTests {
    private static let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap { UInt64($0) }
    private static let rounds = ProcessInfo.processInfo.environment["FUZZ_ROUNDS"].flatMap { UInt64($0) } ?? 300
    /// As many from the first seed on; and when none is given, some that were never tried.
    private static let seeds: [UInt64] = {
        let first = seed ?? 1
        let fresh = UInt64.random(in: 1 << 32..<1 << 48)
        return Array(first..<first + rounds) + (seed == nil ? Array(fresh..<fresh + 60) : [])
    }()

    private static let spice: [[UInt8]] =
        [
            "\"", "\"\"", ",", "\n", "\r", "\r\n", "\u{feff}", "\0", "--", "1e40", "-", "999999999999999999999", "USDT",
            "0",
            ",,,,", "\"\n\"", "1,234", "UTC", "\u{fffd}", ";", "\t", "E+", "/", "12:00", "Liquidated", "币",
            "Settlement", "Auto-Deleveraging",
            "sep=;\n", "1.234,5", "17-03-26", "LONG", "(UTC+8)", "\n", "-0.5", "Funding", "$1", "(2)",
            "<", ">", "</td>", "<tr>", "</table>", "&amp;", "<!--", "<td colspan=3>", "<td class=hidden>", "]]>",
        ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xff, 0xfe]]

    private func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &dice) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &dice)
            let to = min(bytes.count, at + Int.random(in: 0...40, using: &dice))
            switch Int.random(in: 0..<5, using: &dice) {
            case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &dice)
            case 1: bytes.removeSubrange(at..<to)
            case 2: bytes.insert(contentsOf: bytes[at..<to], at: Int.random(in: 0..<bytes.count, using: &dice))
            case 3: bytes.removeSubrange(to...)
            default: bytes.insert(contentsOf: Self.spice.randomElement(using: &dice) ?? [], at: at)
            }
        }
        return bytes
    }

    /// The rows, or the failure: either is an answer.
    private func outcome(_ bytes: [UInt8], _ format: ImportFormat, _ size: @escaping () -> Int) throws -> Result<
        [ImportRow], Failure
    > {
        do { return .success(try importRows(bytes, format: format, size: size)) } catch let failure as Failure {
            return .failure(failure)
        }
    }

    /// - Returns: how many rows there were; none in a file that is refused as a whole.
    private func check(_ bytes: [UInt8], _ format: ImportFormat, _ seed: UInt64) throws -> Int {
        var sizes = Dice(seed: seed &* 31)
        let most = Int.random(in: 1...200, using: &sizes)
        let whole = try outcome(bytes, format) { .max }
        let pieces = try outcome(bytes, format) { Int.random(in: 0...most, using: &sizes) }
        #expect(whole == pieces, "FUZZ_SEED=\(seed) FUZZ_ROUNDS=1: chunks make a difference")
        guard case .success(let rows) = whole else { return 0 }
        // A row may be a whole position: the fill that opened it and the one that closed it.
        let repeated = Dictionary(grouping: rows, by: \.line).values.filter {
            $0.count > 1 && fills($0).map(\.effect) != [.opens, .closes]
        }
        #expect(repeated.isEmpty, "FUZZ_SEED=\(seed) FUZZ_ROUNDS=1: a row comes twice")
        for fill in fills(rows) {
            let parts = fill.symbol.split(separator: "_")
            let isPriced = fill.price > .zero || fill.effect == .closes && fill.price.isZero
            // Futures and indices name no currency.
            let isNamed = parts.count >= 2 || [.future, .cfd].contains(fill.marketKind)
            #expect(
                isNamed && fill.symbol == fill.symbol.uppercased() && isPriced
                    && fill.quantity > .zero && fill.time.milliseconds >= 1_230_940_800_000
                    && !fill.feeCurrency.contains("\u{fffd}"),
                "FUZZ_SEED=\(seed) FUZZ_ROUNDS=1: \(fill)")
        }
        return rows.count
    }

    @Test func `no damage to a file crashes the import or makes it depend on chunks`() throws {
        let files = try Fixture.names.map { try Fixture.bytes($0) }
        var rows = 0
        for seed in Self.seeds {
            var dice = Dice(seed: seed)
            let file = files.randomElement(using: &dice) ?? []
            let format = ImportFormat.allCases.randomElement(using: &dice) ?? .auto
            rows += try check(mutated(file, &dice), Bool.random(using: &dice) ? .auto : format, seed)
        }
        if Self.rounds >= 300 { #expect(rows > 1000) }
    }

    @Test func `no map of columns crashes the import of a damaged file`() throws {
        let files = try Fixture.names.map { try Fixture.bytes($0) }
        let generic = try Fixture.bytes("generic")
        let roles = [
            "time", "date", "clock", "symbol", "base", "currency", "side", "price", "quantity", "contracts", "total",
            "fee", "second_fee", "fee_currency", "id", "order", "kind", "status", "position_side", "effect", "profit",
            "market", "ignore",
        ]
        var rows = 0
        for seed in Self.seeds {
            var dice = Dice(seed: seed)
            let file = Bool.random(using: &dice) ? generic : files.randomElement(using: &dice) ?? []
            let titles = String(decoding: file.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).split(separator: ",")
            var items = roles.shuffled(using: &dice).prefix(Int.random(in: 1...4, using: &dice)).map { role in
                let title = titles.randomElement(using: &dice).map { String($0.filter { !"\"=\r".contains($0) }) } ?? ""
                return
                    "\(role)=\(title.isEmpty || Bool.random(using: &dice) ? "#\(Int.random(in: 1...14, using: &dice))" : title)"
            }
            if Bool.random(using: &dice) { items += ["buy=Long|B", "skip=Funding"] }
            guard let map = try? ColumnMap(items.joined(separator: ",")) else { continue }
            let bytes = mutated(file, &dice)
            do {
                rows += try importRows(bytes, ImportOptions(columns: map)).count
                let reader = try ImportReader(
                    account: .main, options: ImportOptions(columns: map), nextChunk: chunks(bytes))
                guard let header = reader.headerText else { continue }
                let saved = SavedMapping(
                    name: "saved", header: header, map: map.text, options: .success(ImportOptions()), exchange: nil)
                let again = try importRows(bytes, ImportOptions(saved: [saved]))
                #expect(try again == importRows(bytes, ImportOptions(columns: map)), "FUZZ_SEED=\(seed) FUZZ_ROUNDS=1")
            } catch is Failure { continue }
        }
        if Self.rounds >= 300 { #expect(rows > 50) }
    }

    @Test func `random bytes under a good header are refused row by row`() throws {
        let alphabet = Array("01259.,-+eE\"\n\r;/: TZabBUuySsl_".utf8) + [0, 0xff]
        // A generic file of nonsense is refused as a whole.
        let headers = ["Date(UTC),Pair,Side,Price,Executed,Amount,Fee", ImportFormat.genericHeader]
        var rows = 0
        for seed in Self.seeds {
            var dice = Dice(seed: ~seed)
            let bytes = (0..<Int.random(in: 0...600, using: &dice)).map { _ in
                Bool.random(using: &dice)
                    ? alphabet.randomElement(using: &dice) ?? 0 : UInt8.random(in: 32...126, using: &dice)
            }
            rows += try check(Array("\(headers[Int(seed % 2)])\n".utf8) + bytes, .auto, seed)
        }
        if Self.rounds >= 300 { #expect(rows > 500) }
    }
}
