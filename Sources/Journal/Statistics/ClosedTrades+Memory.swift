extension ClosedTrades {
    /// By the widths of its columns: the columns of a trade, its ranks, and its place in the table by id.
    private static let tradeBytes = 224
    /// Of each day: its arrays, its tally and its span.
    private static let dayBytes = 1536
    private static let classBytes = 256
    /// The tallies by hour and by duration, and what two rankings have at least.
    private static let emptyBytes = 32 << 10

    /// What the table takes in memory, about, in bytes. Names of setups and tags are not counted.
    package var memoryBytes: Int {
        Self.emptyBytes + table.count * Self.tradeBytes + table.leaves.count * Self.dayBytes
            + (table.groups.tallies.count + table.tagSets.tallies.count) * Self.classBytes
    }
}
