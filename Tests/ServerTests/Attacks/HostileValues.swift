import Foundation
import Journal
import Primitives
import Sync
import TestSupport

/// What a device may send that keeps to the wire form and to nothing else: values at the ends of every field, of other
/// forms than its own, on things that hang together and on such as do not.
struct HostileValues {
    var dice: Dice
    /// Pictures whose bytes the server has.
    var pictures: [[UInt8]] = []

    /// Of each kind, and of nothing at all.
    private static let idCount = 9

    init(seed: UInt64) { dice = Dice(seed: seed) }

    // MARK: Mutations

    /// An account with enough fills in one market for trades to come of them, and trades entered by hand: so that what
    /// is derived and added up has something to go wrong in.
    mutating func beginning() -> [Mutation] {
        let account = id(of: Schema.account.kind, 1)
        var mutations: [Mutation] = [
            .put(
                Schema.account.kind, account,
                [
                    FieldWrite(1, .text("binance")), FieldWrite(2, .text("live")), FieldWrite(3, .text("main")),
                    FieldWrite(4, .text(dice.pick(["average", "fifo", "lifo"]))),
                ])
        ]
        for number in 1..<Self.idCount { mutations.append(whole(Schema.fill, number)) }
        for number in 1..<Self.idCount { mutations.append(whole(Schema.trade, number)) }
        return mutations
    }

    /// Changes of any kind.
    mutating func mutations(_ count: Int) -> [Mutation] {
        (0..<count).map { _ in
            let kind = dice.pick(Schema.current.kinds)
            switch dice.roll(12) {
            case 0: return .delete(kind.kind, anyID(kind.kind))
            case 1: return .add(set, owner: anyID(dice.pick([Schema.trade, Schema.entry]).kind), member)
            case 2: return .remove(set, owner: anyID(dice.pick([Schema.trade, Schema.entry]).kind), member)
            case 3, 4, 5: return whole(kind, dice.roll(Self.idCount))
            default:
                let fields = (0...dice.roll(3)).map { _ in dice.pick(kind.fields) }
                return .put(kind.kind, anyID(kind.kind), fields.map { FieldWrite($0.number, value(of: $0)) })
            }
        }
    }

    /// A thing with most of its fields.
    private mutating func whole(_ kind: EntityKind, _ number: Int) -> Mutation {
        var writes: [FieldWrite] = []
        for field in kind.fields where !dice.chance(5) {
            // What is no trade of a person hangs on a fill.
            if kind.kind == Schema.trade.kind, field.name == "anchor", dice.chance(70) { continue }
            writes.append(FieldWrite(field.number, dice.chance(75) ? plausible(field) : value(of: field)))
        }
        if writes.isEmpty { writes = [FieldWrite(1, .null)] }
        return .put(kind.kind, id(of: kind.kind, number), writes)
    }

    private var set: Kind {
        mutating get { dice.pick(Schema.sets) }
    }

    private var member: EntityID {
        mutating get { anyID(dice.pick([Schema.tag, Schema.image]).kind) }
    }

    /// A hybrid time that an older server may have let in: of now, of the beginning, and of the last year there is.
    mutating func time(_ counter: UInt64) -> HybridTime? {
        dice.chance(80) ? nil : HybridTime(rawValue: dice.pick([0, 1, UInt64(Int64.max) - 8]) + counter % 8)
    }

    mutating func summary() -> String { dice.pick(["edit", "", "\u{202e}\u{1b}[2J", "a\nb", "=1+1"]) }

    // MARK: Ids

    func id(of kind: Kind, _ number: Int) -> EntityID {
        if kind == Schema.settings.kind { return JournalSettings.id }
        return EntityID(rawValue: UInt128(kind.rawValue) << 64 + UInt128(max(number, 0)))
    }

    private mutating func anyID(_ kind: Kind) -> EntityID {
        switch dice.roll(20) {
        case 0: EntityID(rawValue: 0)
        case 1: EntityID(rawValue: .max)
        case 2: id(of: dice.pick(Schema.current.kinds).kind, dice.roll(Self.idCount))
        default: id(of: kind, dice.roll(Self.idCount))
        }
    }

    // MARK: Values

    /// Of any form.
    private mutating func value(of field: Field) -> Value {
        switch dice.roll(20) {
        case 0: return .null
        case 1: return .opaque([8, UInt8(truncatingIfNeeded: field.number), 72, 1])
        case 2: return integer
        case 3: return text
        case 4:
            return .bytes((0..<dice.pick([0, 1, 15, 16, 17, 31, 32, 33, 5000])).map { UInt8(truncatingIfNeeded: $0) })
        case 5: return .text(amount)
        default: break
        }
        switch field.form {
        case .text: return dice.chance(40) ? plausible(field) : text
        case .prose: return text
        case .integer: return integer
        case .amount: return .text(amount)
        case .id: return dice.chance(50) ? plausible(field) : .bytes(anyID(Schema.fill.kind).bytes)
        case .blob: return .bytes(dice.pick([[], [1], .init(repeating: 7, count: 31), .init(repeating: 7, count: 33)]))
        }
    }

    /// As an honest device would write it, now and then at the end of what it may.
    private mutating func plausible(_ field: Field) -> Value {
        switch field.name {
        case "side": return .text(dice.pick(["buy", "sell"]))
        case "direction": return .text(dice.pick(["long", "short"]))
        case "symbol": return .text(dice.pick(["BTC_USDT", "BTC_USDT", "ETH_USD", "AAPL", "_", "\u{202e}X_Y"]))
        case "environment": return .text(dice.pick(["live", "sandbox", "paper"]))
        case "cost_basis": return .text(dice.pick(["average", "fifo"]))
        case "day": return .text(dice.pick(["2026-11-02", "0001-01-01", "9999-12-31", "2024-02-29"]))
        case "entry_type": return .text(dice.pick(["daily", "trade", "note", "plan"]))
        case "zone": return .text(dice.pick(["Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns", "UTC"]))
        case "base_currency": return .text(dice.pick(["USDT", "USD", "EUR"]))
        case "basis": return .text(dice.pick(["net", "gross"]))
        case "media_type": return .text(dice.pick(["image/png", "text/html", "image/svg+xml"]))
        case "rating": return .integer(Int64(1 + dice.roll(5)))
        case "aside": return .integer(0)
        case "aside_with": return .null
        case "start_of_day": return .integer(dice.pick([-1439, 0, 240, 1439]))
        case "size": return .integer(dice.pick([0, 9, 5 << 20]))
        case "sequence": return .integer(Int64(dice.roll(9)))
        case "sha256": return .bytes(pictures.isEmpty ? .init(repeating: 1, count: 32) : dice.pick(pictures))
        case "account": return .bytes(id(of: Schema.account.kind, 1).bytes)
        case "anchor": return .bytes(id(of: Schema.fill.kind, dice.roll(Self.idCount)).bytes)
        case "trade": return .bytes(id(of: Schema.trade.kind, dice.roll(Self.idCount)).bytes)
        case let name where name.hasSuffix("_ms"):
            let bounds = Timestamp.bounds
            // Two days from either end: in some zones the last day of the year 9999 is one of the year 10000 already.
            let margin: Int64 = 172_800_000
            let ends = [bounds.lowerBound.milliseconds + margin, bounds.upperBound.milliseconds - margin]
            return .integer(dice.chance(15) ? dice.pick(ends) : 1_793_600_000_000 + Int64(dice.roll(90)) * 10_800_000)
        default: break
        }
        switch field.form {
        case .amount:
            return .text(dice.pick(["1", "2", "0.5", "100", "90.25", "1000000000000000", "0.000000000000000001"]))
        case .prose: return .text(dice.pick(["alpha", "alpha\nbeta", "beta\ngamma\n\n", "# late\n- entry"]))
        default: return .text(dice.pick(["alpha", "Beta gamma", "chart.png"]))
        }
    }

    private static let integers: [Int64] = {
        let bounds = Timestamp.bounds
        let far: [Int64] = [.min, .min + 1, .max - 1, .max, 1 << 31, 1 << 32, 1 << 53, -(1 << 53)]
        return far + [-1, 0, 1, 2, 6, 1440, bounds.lowerBound.milliseconds - 1, bounds.upperBound.milliseconds + 1]
    }()

    private var integer: Value {
        mutating get { .integer(dice.chance(10) ? Int64(bitPattern: dice.next()) : dice.pick(Self.integers)) }
    }

    private var amount: String {
        mutating get {
            dice.pick([
                "0", "-0", "-1", "1e40", "NaN", "inf", "-inf", "0x1p3", "1000000000000000", "-1000000000000000",
                "1000000000000001", "170141183460469231731.687303715884105727",
                "-170141183460469231731.687303715884105728", "0.000000000000000001", "-0.000000000000000001", "01",
                "1.",
                "1,5", "", "٣", String(repeating: "9", count: 300),
            ])
        }
    }

    private var text: Value {
        mutating get {
            switch dice.roll(12) {
            case 0: return .text("")
            case 1: return .text("a\0b")
            case 2: return .text("\u{202e}abc\u{2066}\u{200f}")
            case 3: return .text("\u{1b}[31m\u{7}\u{9b}2J\u{2028}\u{feff}")
            case 4: return .text("=HYPERLINK(\"x\");+1\t-2\r\n@3")
            case 5: return .text(String(repeating: "e\u{301}", count: 2000))
            case 6: return .text(String(repeating: "alpha\n", count: 1 + dice.roll(900)))
            case 7: return .text("../../../etc/passwd")
            case 8: return .text(dice.pick(["0000-00-00", "2026-02-30", "10000-01-01", "2026-11-02 ", "0000-01-01"]))
            case 9: return .text(dice.pick(["Nowhere/Nothing", "GMT+99:99", "UTC\0", "<img src=x onerror=alert(1)>"]))
            case 10: return .text(String(repeating: "👩‍👩‍👧‍👦", count: 1 + dice.roll(60)))
            default:
                let scalars = (0..<dice.roll(40)).compactMap { _ in Unicode.Scalar(UInt32(dice.roll(0x11_0000))) }
                return .text(String(String.UnicodeScalarView(scalars)))
            }
        }
    }

    // MARK: Pictures

    /// The head of a picture, garbled, with more behind it.
    mutating func picture() -> [UInt8] {
        let heads: [[UInt8]] = [
            [0xff, 0xd8, 0xff, 0xe1, 0, UInt8(dice.roll(3))], [0xff, 0xd8, 0xff, 0xc0, 0xff, 0xff],
            [0xff, 0xd8, 0xff, 0xff, 0xff], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0xff, 0xff, 0xff],
            [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] + Array("IHDR".utf8),
            Array("GIF89a".utf8) + [0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0x2c, 0xff, 0xff],
            Array("RIFF".utf8) + [0xff, 0xff, 0xff, 0xff] + Array("WEBPANMF".utf8) + [0xff, 0xff, 0xff, 0x7f],
            Array("RIFF".utf8) + [24, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0],
        ]
        return dice.pick(heads) + (0..<dice.roll(120)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    }
}
