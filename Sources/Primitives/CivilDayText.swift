extension CivilDay {
    /// Reads `2026-11-21`. Nil for anything else, and for a day that does not exist or lies outside the years 1 to 9999.
    package init?(_ text: String) {
        guard text.utf8.count == 10, let midnight = Timestamp(text), midnight.isInBounds else { return nil }
        self.init(daysSince1970: Int(midnight.milliseconds.flooredDivision(by: 86_400_000).quotient))
    }
}
