import Primitives
import Sync

/// Names fills after their source, so that whoever imports the same statement, anywhere, names them alike.
///
/// A fill with a trade id is named by that. One without is named by all that the source says of it, and by how many fully
/// equal rows stand before it: two equal rows in one file are two fills, the same file twice is the same fills.
struct FillIdentity {
    private let account: [String]
    /// How often each name without a trade id has come up in this file. This is what grows with a file: about
    /// 25 bytes for each such row. A file in order of time could forget it, but not every file is.
    private var seen: [UInt64: UInt32] = [:]

    init(_ account: Account) {
        self.account = [account.exchange, account.environment.rawValue, account.label]
    }

    mutating func name(_ fill: ParsedFill) -> ID<Fill> {
        guard fill.externalID.isEmpty else { return .derived("fill", account + [fill.symbol, fill.externalID]) }
        var parts = account
        parts.reserveCapacity(account.count + 9)
        parts.append("hash")
        parts.append(String(fill.time.milliseconds))
        parts.append(fill.symbol)
        parts.append(fill.side.rawValue)
        parts.append(fill.price.description)
        parts.append(fill.quantity.description)
        parts.append(fill.fee.description)
        if !fill.orderID.isEmpty { parts.append(fill.orderID) }
        parts.append("0")
        let first = ID<Fill>.derived("fill", parts)
        let key = UInt64(truncatingIfNeeded: first.rawValue)
        let ordinal = seen[key, default: 0]
        seen[key] = ordinal + 1
        guard ordinal > 0 else { return first }
        parts[parts.count - 1] = String(ordinal)
        return .derived("fill", parts)
    }
}
