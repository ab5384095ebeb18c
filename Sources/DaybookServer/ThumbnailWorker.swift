import ArgumentParser
import Foundation
import Pictures

/// What a `Darkroom` runs; of no use to people.
struct ThumbnailWorker: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: Darkroom.workerCommand, shouldDisplay: false)

    @Argument var side: Int

    func run() { Foundation.exit(DarkroomWorker.run(side: side)) }
}
