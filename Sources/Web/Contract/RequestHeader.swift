/// A header field that a route heeds, as the document shows it.
package struct RequestHeader: Sendable {
    package let name: String
    package let shape: Shape
    package let note: String

    package init(_ name: String, _ shape: Shape, _ note: String) {
        self.name = name
        self.shape = shape
        self.note = note
    }
}
