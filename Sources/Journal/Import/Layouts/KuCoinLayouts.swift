extension ColumnLayout {
    static let kucoin: [ColumnLayout] = []
}
