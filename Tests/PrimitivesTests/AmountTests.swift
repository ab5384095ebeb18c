import Foundation
import Primitives
import Testing
import TestSupport

struct AmountTests {
    /// `fixtures/amounts`: what Python's decimal module makes of the same texts and numbers.
    struct Expected: Decodable {
        let texts: [[String?]]
        let pairs: [Pair]
        let shares: [[String?]]

        struct Pair: Decodable {
            let left: String
            let right: String
            let sum, difference, product, quotient: String?
            let order: Int

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                left = try list.decode(String.self)
                right = try list.decode(String.self)
                sum = try list.decode(String?.self)
                difference = try list.decode(String?.self)
                product = try list.decode(String?.self)
                quotient = try list.decode(String?.self)
                order = try list.decode(Int.self)
            }
        }

        static func load() throws -> Expected { try Fixture.decode("amounts/amounts.json") }
    }

    @Test func `text is read as Python reads it`() throws {
        for row in try Expected.load().texts {
            let text = try #require(row[0])
            #expect(Amount(text)?.description == row[1], "\(text.debugDescription)")
            // A substring of something longer is read through another door.
            #expect(Amount("x\(text)"[...].dropFirst())?.description == row[1], "\(text.debugDescription)")
        }
    }

    @Test func `arithmetic agrees with Python to the digit`() throws {
        for pair in try Expected.load().pairs {
            let left = try #require(Self.exact(pair.left))
            let right = try #require(Self.exact(pair.right))
            #expect((try? left + right)?.description == pair.sum, "\(pair)")
            #expect((try? left - right)?.description == pair.difference, "\(pair)")
            #expect((try? left * right)?.description == pair.product, "\(pair)")
            #expect((try? left / right)?.description == pair.quotient, "\(pair)")
            #expect((left > right ? 1 : left < right ? -1 : 0) == pair.order, "\(pair)")
        }
    }

    @Test func `a share is rounded once, as Python rounds it`() throws {
        for row in try Expected.load().shares {
            let numbers = row.prefix(3).compactMap { $0.flatMap(Self.exact) }
            try #require(numbers.count == 3)
            #expect((try? numbers[0].scaled(by: numbers[1], over: numbers[2]))?.description == row[3], "\(row)")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what is printed is read back`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        for _ in 0..<200 {
            let amount = dice.amount()
            #expect(Self.exact(amount.description) == amount, "seed \(seed)")
            guard amount.magnitude <= .inputMax else { continue }
            #expect(Amount(amount.description) == amount, "seed \(seed)")
            let json = try JSONEncoder().encode([amount])
            #expect(try JSONDecoder().decode([Amount].self, from: json) == [amount], "seed \(seed)")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the parts of a fee add up to the fee`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        for _ in 0..<200 {
            let fee = dice.amount()
            let (one, other) = (dice.amount().magnitude, dice.amount().magnitude)
            guard let whole = try? one + other, !whole.isZero else { continue }
            let part = try fee.scaled(by: one, over: whole)
            let rest = try fee - part
            #expect(try part + rest == fee, "seed \(seed)")
            #expect(part.magnitude <= fee.magnitude && rest.magnitude <= fee.magnitude, "seed \(seed)")
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `the approximation is the nearest double`(seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<500 {
            let amount = dice.amount()
            #expect(amount.approximate == Double(amount.units) / 1e18, "seed \(seed)")
        }
        // Halfway between two doubles, and one unit to either side.
        for bits in [53, 63, 64, 100, 126] as [Int128] {
            for offset in -1...1 as ClosedRange<Int128> {
                let amount = Amount(units: (1 << bits) + (1 << (bits - 53)) + offset)
                #expect(amount.approximate == Double(amount.units) / 1e18)
            }
        }
        #expect(Amount(units: .max).approximate == Double(Int128.max) / 1e18)
        #expect(Amount(units: .min).approximate == Double(Int128.min) / 1e18)
    }

    @Test func `what does not fit is an error`() {
        let most = Amount(units: .max)
        let smallest = Amount(units: 1)
        #expect(throws: Failure.amountOutOfRange) { try most + smallest }
        #expect(throws: Failure.amountOutOfRange) { try -most - smallest }
        #expect(throws: Failure.amountOutOfRange) { try most * Amount(whole: 2) }
        #expect(throws: Failure.amountOutOfRange) { try most / smallest }
        #expect(throws: Failure.amountOutOfRange) { try most.scaled(by: most, over: smallest) }
        #expect(throws: Failure.divisionByZero) { try most / .zero }
        #expect(throws: Failure.divisionByZero) { try most.scaled(by: .zero, over: .zero) }
    }

    @Test func `the most that fits does fit`() throws {
        let most = Amount(units: .max)
        #expect(try most.scaled(by: most, over: most) == most)
        #expect(try most * Amount(whole: 1) == most)
        #expect(try -most / Amount(whole: 1) == -most)
        #expect(try most - most == .zero)
        #expect(try most + -most == .zero)
    }

    @Test func `an amount in JSON is text`() {
        for text in ["[1]", "[1.5]", "[null]", "[\"\"]", "[\"1e99\"]", "[\"one\"]"] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([Amount].self, from: Data(text.utf8)) }
        }
    }

    /// Canonical text of any size: `Amount(_:)` stops at `inputMax`, sums and products do not.
    private static func exact(_ text: String) -> Amount? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        return Int128(first + fraction + String(repeating: "0", count: Amount.decimals - fraction.count))
            .map(Amount.init(units:))
    }
}
