extension ColumnLayout {
    static let ccxt: [ColumnLayout] = []
}
