import Web

/// Sync, the journal and its figures, relative to `/api/v1` as in the API reference.
///
/// - Parameter admits: whose journal it is.
package func journalAPI(
    _ journals: JournalServices, imports: ImportJobs, images: ImageServices, sync: SyncRoutes, blobs: BlobRoutes,
    admits: Admission
) -> RouteTable {
    var table = RouteTable("/api/v1", admits: admits)
    addSync(sync, blobs, to: &table)
    addJournal(journals, imports, to: &table)
    addImages(images, to: &table)
    return table
}

private func addSync(_ sync: SyncRoutes, _ blobs: BlobRoutes, to table: inout RouteTable) {
    let message = SyncMessage.content
    table.post(
        "/sync/exchange", "Send commits and get those one lacks", heeds: SyncRoutes.heeds, takes: message,
        answers: [200: message, 204: .nothing], sync.exchange)
    table.get(
        "/sync/snapshot", "Get what a new device starts from", answers: [200: message, 204: .nothing], sync.snapshot)
    table.get(
        "/sync/snapshot/{sha256}", "Get a chunk of the snapshot", names: ["sha256": .sha256],
        answers: [200: BlobRoutes.bytes], sync.snapshotChunk)

    table.post(
        "/sync/blobs/missing", "Ask which images are not here", takes: message,
        answers: [200: message, 204: .nothing], blobs.missing)
    table.put(
        "/sync/blobs/{sha256}", "Send the bytes of an image, or go on sending them", names: ["sha256": .sha256],
        heeds: [BlobRoutes.contentRange], takes: BlobRoutes.bytes, answers: [202: .nothing, 204: .nothing], blobs.put)
    table.head(
        "/sync/blobs/{sha256}", "Ask how much of an image is here", names: ["sha256": .sha256],
        answers: [200: BlobRoutes.bytes, 404: .nothing], blobs.head)
    table.get(
        "/sync/blobs/{sha256}", "Get the bytes of an image, or some of them", names: ["sha256": .sha256],
        heeds: [BlobRoutes.range], answers: [200: BlobRoutes.bytes, 206: BlobRoutes.bytes, 416: .nothing], blobs.get)
}

private func addJournal(_ journals: JournalServices, _ imports: ImportJobs, to table: inout RouteTable) {
    TradeRoutes(journals).add(to: &table)
    TagRoutes(journals).add(to: &table)
    EntryRoutes(journals).add(to: &table)
    SearchRoutes(journals).add(to: &table)
    HistoryRoutes(journals).add(to: &table)
    ConflictRoutes(journals).add(to: &table)
    ImportRoutes(journals, imports).add(to: &table)
    ExportRoutes(journals).add(to: &table)
    SettingsRoutes(journals).add(to: &table)
    AnalyticsRoutes(journals).add(to: &table)
}

private func addImages(_ services: ImageServices, to table: inout RouteTable) {
    let (images, upload) = (ImageRoutes(services), UploadRoutes(services))
    table.post(
        "/journal/upload", "Upload an image", takes: .multipart(ImageForm.shape),
        answers: [201: .json(ImageView.shape)], upload.upload)
    table.get(
        "/journal/storage", "Get how much space the images take", reads: [], answers: [200: .json(StorageView.shape)],
        images.storage)
    table.get(
        "/journal/images", "List the images, the newest first", reads: ImageRoutes.listFields,
        answers: [200: .json(ImagesView.shape)], images.list)
    table.get(
        "/journal/images/{id}", "Get the bytes of an image, or some of them", reads: [],
        heeds: [BlobRoutes.range, ImageRoutes.ifRange], answers: ImageRoutes.byteAnswers, images.bytes)
    table.get(
        "/journal/images/{id}/thumbnail", "Get a small picture of an image", reads: ImageRoutes.thumbnailFields,
        answers: [200: .bytes([ImageRoutes.thumbnailType])], images.thumbnail)
    table.delete(
        "/journal/images/{id}", "Delete an image", reads: [], answers: [200: .json(DeletedView.shape)],
        images.delete)
}
