import Primitives

/// A shape as JSON Schema 2020-12, which is what OpenAPI 3.1 is made of.
///
/// What is sent and what is taken differ: an answer has exactly the members that are named, while a request may hold
/// more, which are ignored; and an amount may come as a number.
package struct ShapeSchema {
    package enum Direction: Sendable {
        case request, answer
        /// A parameter of the path, the query or the head, which is text whatever it means.
        case parameter
    }

    private let direction: Direction
    /// Named shapes that were met, by their name in the document.
    package private(set) var components: [String: JSON] = [:]

    package init(_ direction: Direction) { self.direction = direction }

    package static let componentsPath = "#/components/schemas/"

    /// The name in the document: a shape that is sent and taken stands there twice.
    private func name(_ name: String) -> String { direction == .answer ? name : name + "Input" }

    package mutating func node(of shape: Shape) -> JSON {
        guard let shapeName = shape.name else {
            // Of a list of types, a format would be said of null, too.
            guard shape.isNullable, shape.hasFormat else {
                return annotated(bare(shape, isNullable: shape.isNullable), shape)
            }
            return annotated(["anyOf": [.object(bare(shape, isNullable: false)), ["type": "null"]]], shape)
        }
        let name = name(shapeName)
        if components[name] == nil {
            // Taken before it is filled, so that a shape may hold itself.
            components[name] = .null
            components[name] = .object(bare(shape, isNullable: false))
        }
        let reference: JSON = ["$ref": .text(Self.componentsPath + name)]
        guard shape.isNullable else {
            return annotated(["$ref": .text(Self.componentsPath + name)], shape)
        }
        return annotated(["anyOf": [reference, ["type": "null"]]], shape)
    }

    private func annotated(_ members: [String: JSON], _ shape: Shape) -> JSON {
        var members = members
        if let note = shape.note { members["description"] = .text(note) }
        if let example = shape.example { members["examples"] = [example] }
        return .object(members)
    }

    private mutating func bare(_ shape: Shape, isNullable: Bool) -> [String: JSON] {
        var members: [String: JSON] = [:]
        func type(_ name: String) { members["type"] = isNullable ? [.text(name), "null"] : .text(name) }
        switch shape.form {
        case .text(let format, let pattern, let length):
            type("string")
            members["format"] = format.map { .text($0) }
            members["pattern"] = pattern.map { .text($0) }
            if let length { members.merge(Self.bounds(length, "minLength", "maxLength")) { a, _ in a } }
        case .choice(let choices):
            type("string")
            members["enum"] = .list(choices.map { .text($0) } + (isNullable ? [.null] : []))
        case .amount(let isAboveZero):
            type("string")
            members.merge(amount(isAboveZero, isNullable)) { _, amount in amount }
        case .integer(let bounds):
            type("integer")
            members["format"] = "int64"
            if bounds.lowerBound != .min { members["minimum"] = .integer(bounds.lowerBound) }
            if bounds.upperBound != .max { members["maximum"] = .integer(bounds.upperBound) }
        case .number(let bounds):
            type("number")
            members["minimum"] = bounds.map { .ratio($0.lowerBound) }
            members["maximum"] = bounds.map { .ratio($0.upperBound) }
        case .flag: type("boolean")
        case .file(let mediaTypes):
            type("string")
            members["format"] = "binary"
            members["contentMediaType"] = .text(mediaTypes.joined(separator: ", "))
        case .list(let element, let count):
            type("array")
            members["items"] = node(of: element)
            if let count { members.merge(Self.bounds(count, "minItems", "maxItems")) { a, _ in a } }
        case .object(let all):
            type("object")
            members["properties"] = .object(Dictionary(all.map { ($0.name, node(of: $0.shape)) }) { a, _ in a })
            members["required"] = .texts(all.filter { !$0.shape.isOptional }.map(\.name))
            if direction == .answer { members["additionalProperties"] = false }
        case .map(let value):
            type("object")
            members["additionalProperties"] = node(of: value)
        case .oneOf(let shapes):
            members["anyOf"] = .list(shapes.map { node(of: $0) } + (isNullable ? [["type": "null"]] : []))
        case .anything: break
        }
        return members
    }

    private func amount(_ isAboveZero: Bool, _ isNullable: Bool) -> [String: JSON] {
        guard direction != .answer else { return ["pattern": .text(Self.amountOut)] }
        var members: [String: JSON] = ["pattern": .text(isAboveZero ? Self.amountAboveZero : Self.amountIn)]
        guard direction == .request else { return members }
        members["type"] = .texts(["string", "number"] + (isNullable ? ["null"] : []))
        members["maximum"] = .integer(Self.amountInMax)
        if isAboveZero {
            members["exclusiveMinimum"] = 0
        } else {
            members["minimum"] = .integer(-Self.amountInMax)
        }
        return members
    }

    private static func bounds(_ range: ClosedRange<Int>, _ least: String, _ most: String) -> [String: JSON] {
        var members: [String: JSON] = [:]
        if range.lowerBound > 0 { members[least] = .integer(Int64(range.lowerBound)) }
        if range.upperBound < .max { members[most] = .integer(Int64(range.upperBound)) }
        return members
    }

    /// Without zeros that say nothing, and without an exponent.
    private static let amountOut = #"^-?(0|[1-9][0-9]{0,20})(\.[0-9]{0,17}[1-9])?$"#
    private static let amountInMax: Int64 = 1_000_000_000_000_000
    private static let amountIn = #"^[+-]?[0-9]{1,15}(\.[0-9]{1,18})?$"#
    private static let amountAboveZero = #"^([1-9][0-9]{0,14}(\.[0-9]{1,18})?|0\.[0-9]{0,17}[1-9])$"#
}

extension Shape {
    fileprivate var hasFormat: Bool {
        if case .text(.some, _, _) = form { true } else { false }
    }
}
