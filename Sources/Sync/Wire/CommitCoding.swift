import Foundation
import Primitives
import SwiftProtobuf

extension Commit {
    /// The bytes that are stored, hashed, sent and received.
    package func encoded() throws -> [UInt8] {
        var message = Daybook_Sync_V1_Commit()
        message.time = time.rawValue
        if let parent { message.parent = Data(parent.bytes) }
        message.context = contextChanges.map(\.message)
        var bytes: [UInt8] = try message.serializedBytes()
        // One after the other, in the order of the fields: in one message each would be measured twice more.
        for mutation in mutations {
            guard let operation = mutation.message else { continue }
            let part: [UInt8] = try operation.serializedBytes()
            bytes.append(Self.operationsTag)
            var rest = part.count
            while rest > 0x7f {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
            bytes += part
        }
        var end = Daybook_Sync_V1_Commit()
        end.summary = summary
        return bytes + (try end.serializedBytes() as [UInt8])
    }

    /// Field 4, of bytes whose number comes first.
    private static let operationsTag: UInt8 = 4 << 3 | 2

    /// Reads and checks a commit that came from outside.
    ///
    /// - Throws: a `Failure` that names the commit and what is wrong with it: `sync.garbage`, `sync.too_large`,
    ///   `sync.too_many_operations`, `sync.bad_operation`, `sync.bad_context`, `sync.text_too_long`.
    package init(dot: Dot, encoded bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= CommitLimits.encodedBytesMax else {
            throw .badCommit(dot, "too_large", "it has \(bytes.count) bytes; a commit has at most 1 MiB.")
        }
        let (operationCount, contextCount) = (WireCount.parts(4, in: bytes), WireCount.parts(3, in: bytes))
        guard operationCount <= CommitLimits.operationsMax else {
            throw .badCommit(
                dot, "too_many_operations", "it has \(operationCount) operations; 1,000 are allowed.")
        }
        guard contextCount <= CommitLimits.clockEntriesMax else {
            throw .badCommit(dot, "bad_context", "its context names \(contextCount) replicas.")
        }
        let message: Daybook_Sync_V1_Commit
        do {
            message = try Daybook_Sync_V1_Commit(serializedBytes: bytes)
        } catch {
            throw .badCommit(dot, "garbage", "its bytes are damaged.")
        }
        guard message.summary.utf8.count <= CommitLimits.summaryBytesMax else {
            throw .badCommit(dot, "text_too_long", "its summary is longer than 1 KiB.")
        }
        guard message.parent.isEmpty || message.parent.count == CommitHash.count else {
            throw .badCommit(dot, "bad_parent", "the hash of its parent has \(message.parent.count) bytes.")
        }
        var context: [Dot] = []
        context.reserveCapacity(message.context.count)
        for entry in message.context {
            let change = Dot(entry)
            guard change.replica != dot.replica, change.counter > 0, change.counter <= UInt64(Int64.max) else {
                throw .badCommit(dot, "bad_context", "its context has an entry that cannot be.")
            }
            context.append(change)
        }
        var mutations: [Mutation] = []
        mutations.reserveCapacity(message.operations.count)
        for operation in message.operations { mutations.append(try Mutation(operation, in: dot)) }
        self.init(
            dot: dot, time: HybridTime(rawValue: message.time), parent: CommitHash(bytes: message.parent),
            contextChanges: context, mutations: mutations, summary: message.summary)
    }
}

extension Mutation {
    fileprivate var message: Daybook_Sync_V1_Operation? {
        var message = Daybook_Sync_V1_Operation()
        switch self {
        case .put(let kind, let id, let fields):
            message.name(kind, id)
            message.fields = fields.map { write in
                var field = Daybook_Sync_V1_Field()
                field.number = write.field
                switch write.value {
                case .null: break
                case .text(let text): field.text = text
                case .integer(let integer): field.integer = integer
                case .bytes(let bytes): field.bytes = Data(bytes)
                case .opaque(let bytes):
                    // A field of a later version, written on as it came.
                    if let whole = try? Daybook_Sync_V1_Field(serializedBytes: bytes) { field = whole }
                }
                return field
            }
        case .delete(let kind, let id):
            message.name(kind, id)
            message.act = .delete
        case .add(let set, let owner, let member):
            message.name(set, owner)
            message.act = .add
            (message.memberHigh, message.memberLow) = member.halves
        case .remove(let set, let owner, let member):
            message.name(set, owner)
            message.act = .remove
            (message.memberHigh, message.memberLow) = member.halves
        case .unknown: return nil
        }
        return message
    }

    fileprivate init(_ message: Daybook_Sync_V1_Operation, in dot: Dot) throws(Failure) {
        let kind = Kind(rawValue: message.kind)
        let id = EntityID(high: message.idHigh, low: message.idLow)
        guard message.kind > 0, message.kind < Slot.kindCount else {
            throw .badCommit(dot, "bad_operation", "kind \(message.kind) is out of range.")
        }
        switch message.act {
        case .put:
            guard !message.fields.isEmpty, message.fields.count <= CommitLimits.fieldsPerOperationMax else {
                throw .badCommit(dot, "bad_operation", "a put writes \(message.fields.count) fields.")
            }
            var fields: [FieldWrite] = []
            fields.reserveCapacity(message.fields.count)
            for field in message.fields { fields.append(try FieldWrite(field, in: dot)) }
            self = .put(kind, id, fields)
        case .delete: self = .delete(kind, id)
        case .add: self = .add(kind, owner: id, EntityID(high: message.memberHigh, low: message.memberLow))
        case .remove: self = .remove(kind, owner: id, EntityID(high: message.memberHigh, low: message.memberLow))
        case .UNRECOGNIZED: self = .unknown
        }
    }
}

extension FieldWrite {
    fileprivate init(_ message: Daybook_Sync_V1_Field, in dot: Dot) throws(Failure) {
        guard message.number > 0, message.number < Slot.fieldCount else {
            throw .badCommit(dot, "bad_operation", "field \(message.number) is out of range.")
        }
        let value: Value
        switch message.value {
        case .text(let text):
            guard text.utf8.count <= CommitLimits.textBytesMax else {
                throw .badCommit(dot, "text_too_long", "a text has \(text.utf8.count) bytes; 256 KiB are allowed.")
            }
            value = .text(text)
        case .integer(let integer): value = .integer(integer)
        case .bytes(let bytes):
            guard bytes.count <= CommitLimits.textBytesMax else {
                throw .badCommit(dot, "text_too_long", "a field has \(bytes.count) bytes; 256 KiB are allowed.")
            }
            value = .bytes(Array(bytes))
        case nil:
            // A value of a type this version does not know arrives as unknown fields of the message.
            if message.unknownFields.data.isEmpty {
                value = .null
            } else if let whole: [UInt8] = try? message.serializedBytes() {
                value = .opaque(whole)
            } else {
                throw .badCommit(dot, "garbage", "a field of a later version is damaged.")
            }
        }
        self.init(message.number, value)
    }
}

extension Daybook_Sync_V1_Operation {
    fileprivate mutating func name(_ kind: Kind, _ id: EntityID) {
        self.kind = kind.rawValue
        (idHigh, idLow) = id.halves
    }
}

extension ID {
    init(high: UInt64, low: UInt64) { self.init(rawValue: UInt128(high) << 64 | UInt128(low)) }

    var halves: (high: UInt64, low: UInt64) {
        (UInt64(truncatingIfNeeded: rawValue >> 64), UInt64(truncatingIfNeeded: rawValue))
    }
}

extension Dot {
    init(_ entry: Daybook_Sync_V1_ClockEntry) {
        self.init(ReplicaID(high: entry.replicaHigh, low: entry.replicaLow), entry.counter)
    }

    var message: Daybook_Sync_V1_ClockEntry {
        var entry = Daybook_Sync_V1_ClockEntry()
        (entry.replicaHigh, entry.replicaLow) = replica.halves
        entry.counter = counter
        return entry
    }
}
