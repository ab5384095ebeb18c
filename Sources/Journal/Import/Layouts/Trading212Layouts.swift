extension ColumnLayout {
    static let trading212: [ColumnLayout] = []
}
