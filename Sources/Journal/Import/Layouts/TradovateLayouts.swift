extension ColumnLayout {
    static let tradovate: [ColumnLayout] = []
}
