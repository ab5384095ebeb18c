import Primitives
import Sync

/// Protocol Buffers by hand: what a later version, a defect or an attacker may send, and no encoder of ours would.
struct WireBytes {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(_ build: (inout WireBytes) -> Void) { build(&self) }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func fixed(_ field: UInt64, _ value: UInt64) {
        varint(field << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func bytes(_ field: UInt64, _ value: some Collection<UInt8>) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: UInt64, _ value: String) { bytes(field, Array(value.utf8)) }

    mutating func message(_ field: UInt64, _ build: (inout WireBytes) -> Void) { bytes(field, WireBytes(build).bytes) }

    mutating func raw(_ more: some Sequence<UInt8>) { bytes += more }
}

extension WireBytes {
    /// A `Commit` with whatever stands in `build`.
    static func commit(_ build: (inout WireBytes) -> Void) -> [UInt8] {
        WireBytes { commit in
            commit.fixed(1, 1_700_000_000_000 << 16)
            build(&commit)
        }.bytes
    }

    /// An `Operation` of a commit.
    mutating func operation(kind: UInt64 = 3, act: UInt64 = 0, _ build: (inout WireBytes) -> Void = { _ in }) {
        message(4) { operation in
            operation.number(1, kind)
            operation.fixed(2, 7)
            operation.fixed(3, 8)
            build(&operation)
            if act > 0 { operation.number(5, act) }
        }
    }

    /// A `Field` of an operation.
    mutating func field(_ number: UInt64, _ build: (inout WireBytes) -> Void = { _ in }) {
        message(4) { field in
            field.number(1, number)
            build(&field)
        }
    }

    /// A `ClockEntry` under the number that clocks have in the message.
    mutating func clockEntry(_ field: UInt64, _ dot: Dot) {
        message(field) { entry in
            entry.fixed(1, UInt64(truncatingIfNeeded: dot.replica.rawValue >> 64))
            entry.fixed(2, UInt64(truncatingIfNeeded: dot.replica.rawValue))
            entry.number(3, dot.counter)
        }
    }
}
