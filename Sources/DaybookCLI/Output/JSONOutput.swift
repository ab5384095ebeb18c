import Primitives

extension JSON {
    /// Prints the value and a line break on standard output.
    func printed() { print(description) }
}
