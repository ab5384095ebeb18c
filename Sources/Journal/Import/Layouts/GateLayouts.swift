extension ColumnLayout {
    static let gate: [ColumnLayout] = []
}
