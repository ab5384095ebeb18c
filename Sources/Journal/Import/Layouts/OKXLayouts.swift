extension ColumnLayout {
    static let okx: [ColumnLayout] = []
}
