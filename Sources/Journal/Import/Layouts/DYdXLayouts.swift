extension ColumnLayout {
    static let dydx: [ColumnLayout] = []
}
