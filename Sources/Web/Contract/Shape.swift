import Primitives

/// What a piece of JSON looks like, said once beside the type that reads or writes it.
///
///     static let shape = Shape.object("Tag", [
///         "id": .id,
///         "name": .text(length: 1...64).note("Unique among the person's tags.", example: "breakout"),
///         "color": .text(pattern: "^#[0-9a-f]{6}$").orNull,
///     ])
///
/// A shape documents and checks nothing by itself: what a body must look like is checked by the type that decodes it.
/// That the two agree is what Schemathesis finds out.
package struct Shape: Sendable {
    package indirect enum Form: Sendable {
        case text(format: String?, pattern: String?, length: ClosedRange<Int>?)
        case choice([String])
        /// A decimal: text on the way out, and a number as well on the way in.
        case amount(isAboveZero: Bool)
        case integer(ClosedRange<Int64>)
        case number(ClosedRange<Double>?)
        case flag
        /// Bytes of a file, as a part of a form.
        case file(mediaTypes: [String])
        case list(Shape, count: ClosedRange<Int>?)
        case object([(name: String, shape: Shape)])
        /// Names that are not known beforehand, each with the same shape.
        case map(Shape)
        case oneOf([Shape])
        /// Any JSON.
        case anything
    }

    package let form: Form
    /// Under which name the document shows it once, for all the places where it stands.
    package let name: String?
    package private(set) var isNullable = false
    /// Whether an object may lack it.
    package private(set) var isOptional = false
    package private(set) var note: String?
    package private(set) var example: JSON?

    init(_ form: Form, name: String? = nil) {
        self.form = form
        self.name = name
    }

    /// It, or `null`.
    package var orNull: Shape { with { $0.isNullable = true } }

    /// As a member of an object: it may be missing.
    package var optional: Shape { with { $0.isOptional = true } }

    /// What it means, in a line.
    package func note(_ note: String) -> Shape { with { $0.note = note } }

    package func note(_ note: String, example: JSON) -> Shape {
        with { shape in
            shape.note = note
            shape.example = example
        }
    }

    private func with(_ change: (inout Shape) -> Void) -> Shape {
        var shape = self
        change(&shape)
        return shape
    }
}

extension Shape {
    /// - Parameters:
    ///   - format: as JSON Schema has it: `uuid`, `date`, `date-time`, `uri`.
    ///   - length: in characters.
    package static func text(format: String? = nil, pattern: String? = nil, length: ClosedRange<Int>? = nil) -> Shape {
        Shape(.text(format: format, pattern: pattern, length: length))
    }

    package static let text = Shape.text()

    /// One of these texts.
    package static func choice(_ choices: [String]) -> Shape { Shape(.choice(choices)) }

    /// One of the cases of an enum.
    package static func choice<Choice: CaseIterable & RawRepresentable<String>>(of type: Choice.Type) -> Shape {
        .choice(type.allCases.map(\.rawValue))
    }

    package static func integer(_ bounds: ClosedRange<Int64>) -> Shape { Shape(.integer(bounds)) }

    package static let integer = Shape.integer(Int64.min...Int64.max)
    /// A number of things.
    package static let count = Shape.integer(0...Int64.max)

    /// A ratio: never money.
    package static func number(_ bounds: ClosedRange<Double>) -> Shape { Shape(.number(bounds)) }

    package static let number = Shape(.number(nil))
    package static let flag = Shape(.flag)
    package static let anything = Shape(.anything)

    package static func file(_ mediaTypes: String...) -> Shape { Shape(.file(mediaTypes: mediaTypes)) }

    package static func list(of element: Shape, count: ClosedRange<Int>? = nil) -> Shape {
        Shape(.list(element, count: count))
    }

    /// - Parameter name: under which it stands in the document once.
    package static func object(_ name: String, _ members: KeyValuePairs<String, Shape>) -> Shape {
        Shape(.object(members.map { (name: $0.key, shape: $0.value) }), name: name)
    }

    /// The members of one object, and more.
    package static func object(
        _ name: String, _ members: KeyValuePairs<String, Shape>, _ more: KeyValuePairs<String, Shape>
    ) -> Shape {
        Shape(.object((Array(members) + Array(more)).map { (name: $0.key, shape: $0.value) }), name: name)
    }

    /// An object that stands in one place only.
    package static func object(_ members: KeyValuePairs<String, Shape>) -> Shape {
        Shape(.object(members.map { (name: $0.key, shape: $0.value) }))
    }

    /// An object whose members are put together from several lists.
    package static func members(_ name: String? = nil, _ members: [(String, Shape)]) -> Shape {
        Shape(.object(members.map { (name: $0.0, shape: $0.1) }), name: name)
    }

    package static func map(of value: Shape) -> Shape { Shape(.map(value)) }

    package static func oneOf(_ shapes: Shape...) -> Shape { Shape(.oneOf(shapes)) }

    // MARK: Words of the journal

    /// A UUID.
    package static let id = Shape.text(format: "uuid")
    /// An exact decimal: money, a price, a quantity.
    package static let amount = Shape(.amount(isAboveZero: false))
    package static let amountAboveZero = Shape(.amount(isAboveZero: true))
    /// `2026-03-29`, in the person's zone.
    package static let day = Shape.text(format: "date")
    /// A moment, in UTC.
    package static let time = Shape.text(format: "date-time")
    package static let sha256 = Shape.text(pattern: "^[0-9a-f]{64}$")
}
