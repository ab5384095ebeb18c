/// Numbers rows by the line on which they begin. Where several stand in one line, they are counted on from it, so that
/// each row has a number of its own.
struct RowLines {
    private var last = 0

    mutating func next(_ line: Int) -> Int {
        last = max(line, last + 1)
        return last
    }
}
