/// What is to become of one field: nothing, a new value, or none at all.
package enum Change<Value: Sendable>: Sendable {
    case keep
    case clear
    case set(Value)

    package func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Change<Other> {
        switch self {
        case .keep: .keep
        case .clear: .clear
        case .set(let value): .set(try transform(value))
        }
    }

    package var isKept: Bool { if case .keep = self { true } else { false } }
}

extension Change: Equatable where Value: Equatable {}
extension Change: Hashable where Value: Hashable {}
