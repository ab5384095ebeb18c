extension ColumnLayout {
    static let coinbase: [ColumnLayout] = []
}
