extension ColumnLayout {
    static let mexc: [ColumnLayout] = []
}
