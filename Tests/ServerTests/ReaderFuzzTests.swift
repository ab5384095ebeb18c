import Foundation
import Journal
import Primitives
import Storage
import TestSupport
import Testing

@testable import JournalAPI
@testable import Web

/// The small readers of what a caller writes, with whatever can be written: each has a value or refuses by name, and what
/// it takes lies within what it promises.
///
/// `DAYBOOK_FUZZ_SEED` runs one seed, `DAYBOOK_FUZZ_RUNS` that many new ones.
@Suite struct ReaderFuzzTests {
    private static let roundsPerSeed = 2000

    @Test(arguments: FuzzSeeds.some(1, 2, 3)) func `a range of bytes lies within its blob`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let pieces = [
            "bytes ", "bytes=", "bytes", "-", "/", "*", "0", "1", "9223372036854775807", "9223372036854775808", "99",
            ",",
            " ", "+1", "-1", "٣", "\0", "18446744073709551616",
        ]
        var taken = 0
        for _ in 0..<Self.roundsPerSeed {
            let numbers = (0..<3).map { _ in
                dice.pick(["0", "1", "5", "100", "9223372036854775806", "9223372036854775807"])
            }
            let header =
                switch dice.roll(4) {
                case 0: "bytes \(numbers[0])-\(numbers[1])/\(numbers[2])"
                case 1: "bytes=\(numbers[0])-\(dice.pick(["", numbers[1]]))"
                default: dice.text(of: ["bytes ", "bytes=", "bytes=-", "bytes */"], pieces)
                }
            let size = dice.pick([0, 1, 100, Int64.max])
            if case .part(let offset, let count) = ByteRange.download(header, size: size) {
                taken += 1
                #expect(offset >= 0 && count > 0 && count <= size - offset, "DAYBOOK_FUZZ_SEED=\(seed) \(header)")
            }
            if let upload = try? ByteRange.Upload(header, bodyCount: dice.pick([nil, -1, 0, 5])) {
                taken += 1
                #expect(
                    upload.offset >= 0 && upload.count >= 0 && upload.count <= upload.size - upload.offset,
                    "DAYBOOK_FUZZ_SEED=\(seed) \(header)")
            }
        }
        #expect(taken > 10, "DAYBOOK_FUZZ_SEED=\(seed)")
    }

    @Test(arguments: FuzzSeeds.some(1, 2, 3)) func `a field of a query takes what it promises`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let number = QueryField<Int?>.integer("n", in: -3...7, "")
        let (day, time) = (QueryField.day("d", ""), QueryField.time("t", ""))
        let (id, text) = (QueryField.id("i", of: Trade.self, ""), QueryField.text("x", length: 1...5, ""))
        let pieces = [
            "0", "1", "7", "-", ":", "T", "Z", "+", ".", "9223372036854775807", "2026", "11", "02", "30", "99", "00",
            "é",
            "\0", " ", "👩‍👩‍👧‍👦", "0000",
        ]
        for _ in 0..<Self.roundsPerSeed {
            let given = dice.text(of: ["", "2026-11-02", "2026-11-02T08:00:00", "0000-01-01", "9999-12-31"], pieces)
            let note = Comment("DAYBOOK_FUZZ_SEED=\(seed) \(given.debugDescription)")
            if let value = try? number.value(of: [given]) { #expect((-3...7).contains(value), note) }
            if let value = try? day.value(of: [given]) { #expect(value.description == given, note) }
            if let value = try? time.value(of: [given]) {
                #expect(Timestamp(value.description) == value, note)
            }
            if let value = try? text.value(of: [given]) { #expect((1...5).contains(value.unicodeScalars.count), note) }
            _ = try? id.value(of: [given])
            _ = try? Query(given)
        }
    }

    @Test(arguments: FuzzSeeds.some(1, 2, 3)) func `words to look for are text, and never a query's syntax`(
        seed: UInt64
    ) {
        var dice = Dice(seed: seed)
        let pieces = [
            "alpha", "\"", " ", "*", "NEAR(", "OR", "AND", "-", "^", "col:", "\0", "é", "e\u{301}", "😀", "\u{202e}",
            "(", ")",
            "\\", "'", "\n", "币", "_", "BTC_USDT",
        ]
        var found = 0
        for _ in 0..<Self.roundsPerSeed {
            let given = dice.text(of: ["", "alpha beta", "\"alpha beta"], pieces)
            guard let words = try? SearchWords(given) else { continue }
            found += 1
            // Quoted all through: what stands between the quotes is no syntax, and behind them at most a star.
            let quotes = words.query.utf8.count { $0 == UInt8(ascii: "\"") }
            #expect(quotes > 0 && quotes % 2 == 0, "DAYBOOK_FUZZ_SEED=\(seed) \(given.debugDescription)")
            #expect(!words.query.utf8.contains(0), "DAYBOOK_FUZZ_SEED=\(seed) \(given.debugDescription)")
        }
        #expect(found > 100, "DAYBOOK_FUZZ_SEED=\(seed)")
    }

    @Test(arguments: FuzzSeeds.some(1, 2, 3)) func `a zone is one that there is, or none`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let pieces = [
            "Europe", "/", "Berlin", "UTC", "GMT", "+", "-", "99", ":", "14", "..", "\0", "Etc", "é", " ", "localtime",
            "posix", "../../etc/passwd", "Z",
        ]
        for _ in 0..<300 {
            let given = dice.text(of: ["", "Europe/Berlin", "GMT+1"], pieces)
            guard let zone = try? SettingsFields.zone(given) else { continue }
            var calendar = TradingCalendar(zone: zone, startOfDayMinutes: dice.roll(4000) - 2000)
            for moment in [Timestamp.bounds.lowerBound, Timestamp.bounds.upperBound, Timestamp(milliseconds: .min)] {
                #expect((0..<168).contains(calendar.hourOfWeek(of: moment)), "DAYBOOK_FUZZ_SEED=\(seed) \(given)")
                let days = calendar.moments(from: calendar.day(of: moment), through: calendar.day(of: moment))
                #expect(days.allSatisfy { !$0.isEmpty }, "DAYBOOK_FUZZ_SEED=\(seed) \(given)")
            }
        }
    }
}

extension Dice {
    /// A beginning and some pieces behind it, in no order.
    fileprivate mutating func text(of beginnings: [String], _ pieces: [String]) -> String {
        pick(beginnings) + (0..<roll(7)).map { _ in pick(pieces) }.joined()
    }
}
