extension ColumnLayout {
    static let bitmex: [ColumnLayout] = []
}
