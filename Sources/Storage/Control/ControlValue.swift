import Foundation
import Primitives

/// What a column of the control database holds, on either engine.
enum ControlValue: Hashable, Sendable {
    case null
    /// Also a truth value: 0 or 1.
    case integer(Int64)
    case text(String)
    case bytes(Data)
}

/// What can be bound to a placeholder and read from a column.
protocol ControlColumn {
    var controlValue: ControlValue { get }

    /// Nil when the column holds something else.
    init?(controlValue: ControlValue)
}

/// Values by the names of their placeholders. `now` is the engine's own.
typealias ControlValues = [String: any ControlColumn]

extension Int64: ControlColumn {
    var controlValue: ControlValue { .integer(self) }

    init?(controlValue: ControlValue) {
        guard case .integer(let number) = controlValue else { return nil }
        self = number
    }
}

extension Int: ControlColumn {
    var controlValue: ControlValue { .integer(Int64(self)) }

    init?(controlValue: ControlValue) {
        guard case .integer(let number) = controlValue else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: ControlColumn {
    var controlValue: ControlValue { .integer(self ? 1 : 0) }

    init?(controlValue: ControlValue) {
        switch controlValue {
        case .integer(0): self = false
        case .integer(1): self = true
        default: return nil
        }
    }
}

extension String: ControlColumn {
    var controlValue: ControlValue { .text(self) }

    init?(controlValue: ControlValue) {
        guard case .text(let text) = controlValue else { return nil }
        self = text
    }
}

extension Data: ControlColumn {
    var controlValue: ControlValue { .bytes(self) }

    init?(controlValue: ControlValue) {
        guard case .bytes(let bytes) = controlValue else { return nil }
        self = bytes
    }
}

extension ID: ControlColumn {
    var controlValue: ControlValue { .bytes(Data(bytes)) }

    init?(controlValue: ControlValue) {
        guard case .bytes(let bytes) = controlValue else { return nil }
        self.init(bytes: bytes)
    }
}

extension Timestamp: ControlColumn {
    var controlValue: ControlValue { .integer(milliseconds) }

    init?(controlValue: ControlValue) {
        guard case .integer(let milliseconds) = controlValue else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Optional: ControlColumn where Wrapped: ControlColumn {
    var controlValue: ControlValue { self?.controlValue ?? .null }

    init?(controlValue: ControlValue) {
        guard controlValue != .null else {
            self = .none
            return
        }
        guard let value = Wrapped(controlValue: controlValue) else { return nil }
        self = value
    }
}

/// One row of an answer, read by the names of its columns.
struct ControlRow: Sendable {
    /// Shared by all rows of an answer.
    let columns: [String]
    let values: [ControlValue]

    /// - Throws: `server.damaged` for a column that is not there, or that holds something else.
    subscript<T: ControlColumn>(_ column: String) -> T {
        get throws(Failure) {
            guard let index = columns.firstIndex(of: column), let value = T(controlValue: values[index]) else {
                throw .controlDamaged
            }
            return value
        }
    }
}
