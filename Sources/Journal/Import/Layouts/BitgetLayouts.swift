extension ColumnLayout {
    static let bitget: [ColumnLayout] = []
}
