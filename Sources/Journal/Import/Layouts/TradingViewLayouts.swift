extension ColumnLayout {
    static let tradingView: [ColumnLayout] = []
}
