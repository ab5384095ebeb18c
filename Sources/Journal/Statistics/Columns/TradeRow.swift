import Primitives

/// One closed trade as whole numbers: what sums are made of.
struct TradeRow: Hashable, Sendable {
    /// Units of an amount.
    let net: Int128
    let fees: Int128
    /// net / risk in units of 10⁻¹⁶, rounded half away from zero, so that sums of R are exact whatever their order. Nil
    /// without an initial risk, and where the quotient is too large for any meaning.
    let r: Int128?
    /// Milliseconds from the first entry to the final close.
    let held: Int128

    static let rUnits = 1e16
    /// Ten million R is no result but a stop that was typed wrong; its square would drown every other.
    private static let rMax: Int128 = 100_000_000_000_000_000_000_000

    init(net: Int128, fees: Int128, r: Int128?, held: Int128) {
        self.net = net
        self.fees = fees
        self.r = r
        self.held = held
    }

    init(_ trade: TradeFacts) {
        net = trade.net.units
        fees = trade.fees.units
        held = Int128(trade.closedAt.milliseconds) - Int128(trade.openedAt.milliseconds)
        r = trade.risk.flatMap { risk in
            let quotient = WideInteger(trade.net.units, times: 10_000_000_000_000_000).divided(by: risk.units)
            // The lowest number of 64 bits stands for none in a column; its neighbour takes its place.
            return quotient.flatMap { r in
                r.magnitude > Self.rMax.magnitude ? nil : r == Int128(Int64.min) ? r + 1 : r
            }
        }
    }
}
