extension ColumnLayout {
    static let interactiveBrokers: [ColumnLayout] = []
}
