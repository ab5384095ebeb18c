extension ColumnLayout {
    static let ninjaTrader: [ColumnLayout] = []
}
