import Foundation
import Primitives

/// A JSON document as a tree, so that a fixture and a computed result can be compared in one go.
enum JSONTree: Decodable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    subscript(name: String) -> JSONTree {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    subscript(index: Int) -> JSONTree {
        if case .list(let elements) = self, elements.indices.contains(index) { elements[index] } else { .null }
    }

    var elements: [JSONTree] { if case .list(let elements) = self { elements } else { [] } }
    var members: [String: JSONTree] { if case .object(let members) = self { members } else { [:] } }
    var string: String? { if case .text(let value) = self { value } else { nil } }
    var int: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
    var isTrue: Bool { if case .flag(true) = self { true } else { false } }
    var amount: Amount? { string.flatMap { Amount($0) } }

    /// The places where two trees differ; text must agree to the character, numbers to twelve digits.
    func differences(from other: JSONTree, at path: String = "") -> [String] {
        switch (self, other) {
        case (.null, .null): return []
        case (.flag(let left), .flag(let right)) where left == right: return []
        case (.text(let left), .text(let right)) where left == right: return []
        case (.number(let left), .number(let right))
        where abs(left - right) <= 1e-12 * max(abs(left), abs(right)) + 1e-300: return []
        case (.list(let left), .list(let right)) where left.count == right.count:
            return left.indices.flatMap { left[$0].differences(from: right[$0], at: "\(path)[\($0)]") }
        case (.object(let left), .object(let right)) where left.keys == right.keys:
            return left.keys.sorted().flatMap {
                (left[$0] ?? .null).differences(from: right[$0] ?? .null, at: "\(path).\($0)")
            }
        default: return ["\(path): \(self) is not \(other)"]
        }
    }
}

extension JSONTree {
    init(_ value: Double?) { self = value.map(JSONTree.number) ?? .null }
    init(_ value: Int) { self = .number(Double(value)) }
    init(_ value: Int64?) { self = value.map { .number(Double($0)) } ?? .null }
    init(_ value: Amount?) { self = value.map { .text($0.description) } ?? .null }
}
