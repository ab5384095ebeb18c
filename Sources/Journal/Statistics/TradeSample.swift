import Primitives

extension ClosedTrades {
    /// One trade of a sample.
    package struct Sampled: Sendable {
        package let id: ID<Trade>
        package let symbol: String
        package let net: Amount
        package let heldMilliseconds: Int128
    }

    /// All trades, or as many of them as chance would take, in order: the same ones each time, for it is their ids that
    /// decide.
    package func sample(countMax: Int) -> [Sampled] {
        let count = count
        // A few more than wanted may fall below the bound; those at the end are left out.
        let bound = count <= countMax ? UInt64.max : UInt64(Double(UInt64.max) / Double(count) * Double(countMax))
        var sample: [Sampled] = []
        forEachLeaf { leaf, rows in
            for row in rows where sample.count < countMax && Self.mixed(leaf.ids[Int(row)]) <= bound {
                let index = Int(row)
                sample.append(
                    Sampled(
                        id: leaf.ids[index], symbol: table.groups.labels[Int(leaf.groups[index])].symbol,
                        net: Amount(units: leaf.net[index]), heldMilliseconds: leaf.held[index]))
            }
        }
        return sample
    }

    /// The finaliser of MurmurHash3: ids that were counted up are spread, too.
    private static func mixed(_ id: ID<Trade>) -> UInt64 {
        var bits = UInt64(truncatingIfNeeded: id.rawValue) ^ UInt64(truncatingIfNeeded: id.rawValue >> 64)
        bits = (bits ^ bits >> 33) &* 0xff51_afd7_ed55_8ccd
        bits = (bits ^ bits >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return bits ^ bits >> 33
    }
}
