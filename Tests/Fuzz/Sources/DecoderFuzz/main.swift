import Primitives
import Sync

/// The first byte chooses the decoder, the rest is what it reads. A value or a `Failure` is an answer; anything else is
/// found by libFuzzer, or ends the run here.
private func check(_ input: UnsafeBufferPointer<UInt8>) {
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    let own = ReplicaID(rawValue: 1)
    do {
        switch first % 6 {
        case 0:
            let commit = try Commit(dot: Dot(own, 5), encoded: bytes)
            let again = try Commit(dot: Dot(own, 5), encoded: try commit.encoded())
            precondition(again.mutations == commit.mutations.filter { $0 != .unknown }, "a commit does not come back")
        case 1:
            let request = try ExchangeRequest(encoded: bytes, own: own)
            let again = try ExchangeRequest(encoded: try request.encoded(own: own), own: own)
            precondition(
                again.commits == request.commits && again.claim == request.claim, "a request does not come back")
        case 2:
            let response = try ExchangeResponse(encoded: bytes, own: own)
            let again = try ExchangeResponse(encoded: try response.encoded(own: own), own: own)
            precondition(
                again.commits == response.commits && again.standing == response.standing,
                "a response does not come back")
        case 3:
            let manifest = try SnapshotManifest(encoded: bytes)
            precondition(
                try SnapshotManifest(encoded: try manifest.encoded()) == manifest, "a manifest does not come back")
        case 4: _ = try BlobName.decode(bytes)
        default: _ = try Zstandard.decompress(bytes, sizeMax: 1 << 20)
        }
    } catch is Failure {
        return
    } catch {
        preconditionFailure("\(error)")
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private var count = CommandLine.argc
private var arguments = CommandLine.unsafeArgv
_ = runDriver(&count, &arguments) { pointer, size in
    check(UnsafeBufferPointer(start: pointer, count: size))
    return 0
}
