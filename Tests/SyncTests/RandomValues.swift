import Primitives
import Sync
import TestSupport

extension Dice {
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

    /// Few replicas and small counters, so that clocks meet.
    mutating func clock(replicas: Int = 4, counterMax: Int = 4) -> VectorClock {
        VectorClock((0..<replicas).map { Dot(.test($0 + 1), UInt64(roll(counterMax + 1))) })
    }

    mutating func value() -> Value {
        switch roll(5) {
        case 0: .null
        case 1: .text(pick(["", "long", "caf\u{e9}", "cafe\u{301}", "a\0b", String(repeating: "x", count: roll(300))]))
        case 2: .integer(pick([0, 1, -1, .min, .max, Int64(bitPattern: next())]))
        case 3: .bytes(bytes(roll(40)))
        default: .opaque(bytes(roll(40)))
        }
    }
}

let syncSeeds: [UInt64] = Array(1...100)

extension ID {
    /// The `number`-th of a test.
    static func test(_ number: Int) -> Self { Self(rawValue: UInt128(number)) }
}

extension Kind {
    static let trade = Kind(rawValue: 3)
    static let tags = Kind(rawValue: 101)
}

/// The code of the failure that `body` throws; what else it throws, or that it throws nothing, in words.
func code(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing was thrown"
    } catch let failure as Failure {
        return failure.code
    } catch {
        return "\(type(of: error))"
    }
}
