extension ColumnLayout {
    static let deribit: [ColumnLayout] = []
}
