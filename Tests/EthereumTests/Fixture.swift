import Foundation
import Primitives

@testable import Ethereum

/// Vectors that `fixtures/ethereum/make_vectors.py` took from other implementations.
enum Fixture {
    static func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        while folder.pathComponents.count > 1 {
            folder.deleteLastPathComponent()
            let file = folder.appending(path: "fixtures/ethereum/\(name)")
            if let data = try? Data(contentsOf: file) { return try JSONDecoder().decode(type, from: data) }
        }
        throw Failure(.notFound, "fixture.not_found", "There is no fixtures/ethereum/\(name) above \(#filePath).")
    }

    struct Signed: Decodable {
        var key: String
        var message: String
        var hash: String
        var signature: String
        var high_s: String
        var address: String
    }

    static let signatures: [Signed] = (try? read("signatures.json")) ?? []
}

/// Chance that can be repeated (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}

/// The code of the failure that `body` throws, or nil when it throws none.
func code(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Failure)?.code ?? "not a Failure: \(error)"
    }
}
