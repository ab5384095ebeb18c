import Foundation
import Testing

/// Waits for something that has to come, by looking again and again: for twenty seconds at most, blocking its thread.
func expectEventually(sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () throws -> Bool) throws {
    var result = try isSo()
    for _ in 0..<1000 where !result {
        usleep(20_000)
        result = try isSo()
    }
    #expect(result, sourceLocation: sourceLocation)
}
