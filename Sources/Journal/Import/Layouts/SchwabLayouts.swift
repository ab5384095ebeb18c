extension ColumnLayout {
    static let schwab: [ColumnLayout] = []
}
