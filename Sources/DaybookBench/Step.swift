import Foundation
import Primitives

/// One measured step: a JSON object on a line of its own.
struct Step {
    enum Figure: Encodable {
        case seconds(Duration)
        case whole(Int)
        case ratio(Double)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .seconds(let duration): try container.encode(duration.seconds)
            case .whole(let number): try container.encode(number)
            case .ratio(let number): try container.encode(number)
            }
        }
    }

    private struct Line: Encodable {
        let step: String
        let figures: [String: Figure]

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(step, forKey: Key(stringValue: "step"))
            for (key, figure) in figures { try container.encode(figure, forKey: Key(stringValue: key)) }
        }
    }

    static func report(_ name: String, _ figures: [String: Figure]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var line = try encoder.encode(Line(step: name, figures: figures))
        line.append(UInt8(ascii: "\n"))
        FileHandle.standardOutput.write(line)
    }

    /// - Throws: `bench.lost` unless what should have arrived did.
    static func check(_ isTrue: Bool, _ what: @autoclosure () -> String) throws(Failure) {
        guard isTrue else { throw Failure(.internal, "bench.lost", "What was measured is wrong: \(what()).") }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Duration] {
    /// By nearest rank, as for the peers.
    func percentile(_ fraction: Double) -> Duration {
        let rank = Swift.max(1, Int((Double(count) * fraction).rounded(.up)))
        return isEmpty ? .zero : sorted()[Swift.min(count, rank) - 1]
    }
}

/// How long `body` takes.
func timed<T>(_ body: () async throws -> T) async rethrows -> (T, Duration) {
    let start = ContinuousClock.now
    let result = try await body()
    return (result, start.duration(to: .now))
}

/// How long `body` takes, and how long it keeps this process's cores busy: on a shared machine the steadier of the two.
func timedWithCores<T>(_ body: () async throws -> T) async rethrows -> (wall: Duration, cores: Duration) {
    let before = ProcessFacts.coreTime
    let (_, wall) = try await timed(body)
    return (wall, ProcessFacts.coreTime - before)
}
