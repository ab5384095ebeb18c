import Primitives
import Journal
import Primitives

/// How the times and ids of a file look, as far as its rows tell.
struct FillTraits: Sendable {
    private var fillCount = 0
    private var idCount = 0
    /// The coarsest first, in milliseconds; those before `place` are too coarse for some time.
    private static let resolutions: [Int64] = [60_000, 1000, 1]
    private var place = 0

    mutating func add(_ fill: Fill) {
        fillCount += 1
        if !fill.externalID.isEmpty { idCount += 1 }
        while fill.time.milliseconds % Self.resolutions[place] != 0 { place += 1 }
    }

    /// How finely times are told, in milliseconds.
    var resolution: Int64 { Self.resolutions[place] }
    /// Whether every fill has an id.
    var hasIDs: Bool { fillCount > 0 && idCount == fillCount }
}

extension Fill {
    /// The same fill, naming what brought it.
    func brought(by fileImport: ID<FileImport>) -> Fill {
        Fill(
            id: id, account: account, symbol: symbol, side: side, price: price, quantity: quantity, fee: fee,
            feeCurrency: feeCurrency, time: time, sequence: sequence, externalID: externalID, marketKind: marketKind,
            leg: leg, effect: effect, fileImport: fileImport)
    }
}

extension FileImport {
    func withCount(_ count: Int) -> FileImport {
        FileImport(
            id: id, file: file, account: account, layout: layout, createdAt: createdAt, sha256: sha256,
            resolutionMilliseconds: resolutionMilliseconds, hasIDs: hasIDs, reading: reading, fillCount: count)
    }
}
