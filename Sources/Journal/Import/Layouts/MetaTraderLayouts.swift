extension ColumnLayout {
    static let metaTrader: [ColumnLayout] = []
}
