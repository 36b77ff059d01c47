// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What each method makes of what the service says: results, out-parameters, HRESULTs.
#include <cstring>

#include "gnomon/identities.h"
#include "gnomon/properties.h"
#include "world.h"

namespace gnomon::test {

namespace {

/** Text of an item, for comparing. */
std::wstring text(VSS_PWSZ value) { return value == nullptr ? L"(null)" : value; }

VARIANT bstr(BSTR value) {
    VARIANT variant{};
    variant.vt = VT_BSTR;
    variant.bstrVal = value;
    return variant;
}

}  // namespace

TEST_CASE("contextIsTheObjectsOwnAndGoesWithEveryCall") {
    FakeService service;
    const Object one;
    const Object two;
    CHECK(one.copies->SetContext(0x19) == S_OK);
    CHECK(one.copies->SetContext(-1) == S_OK);
    CHECK(one.copies->RevertToSnapshot(kCopy) == S_OK);
    CHECK(service.last("RevertToSnapshot").context == -1);
    CHECK(two.copies->RevertToSnapshot(kCopy) == S_OK);
    CHECK(service.last("RevertToSnapshot").context == 0);
    CHECK(service.connections() == 1);
    const std::vector<Received> all = service.received();
    CHECK(all.back().object != all.front().object);

    service.on("SetContext", error("0x80042301"));
    CHECK(one.copies->SetContext(0x9) == VSS_E_BAD_STATE);
    CHECK(one.copies->RevertToSnapshot(kCopy) == S_OK);
    CHECK(service.last("RevertToSnapshot").context == -1);
}

TEST_CASE("propertiesAreFilledCompletely") {
    FakeService service;
    service.on("GetSnapshotProperties", ok("{\"snapshot\":" + snapshotJson(1, "\"X:\"") + "}"));
    const Object object;
    VSS_SNAPSHOT_PROP properties{};
    REQUIRE(object.copies->GetSnapshotProperties(kCopy, &properties) == S_OK);
    CHECK(fromWindows(properties.m_SnapshotId) == fromWindows(kCopy));
    CHECK(fromWindows(properties.m_SnapshotSetId) == fromWindows(kSet));
    CHECK(properties.m_lSnapshotsCount == 5);
    CHECK(text(properties.m_pwszSnapshotDeviceObject) == L"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1");
    CHECK(text(properties.m_pwszOriginalVolumeName) == volumeName());
    CHECK(text(properties.m_pwszOriginatingMachine) == L"H\u00D6ST");
    CHECK(text(properties.m_pwszServiceMachine) == L"HOST");
    CHECK(text(properties.m_pwszExposedName) == L"X:");
    CHECK(properties.m_pwszExposedPath == nullptr);
    CHECK(fromWindows(properties.m_ProviderId) == guidOf(GNOMON_VSS_PROVIDER_ID));
    CHECK(properties.m_lSnapshotAttributes == 131136);
    CHECK(properties.m_tsCreationTimestamp == 133771234567890000);
    CHECK(properties.m_eStatus == VSS_SS_CREATED);
    freeProperties(properties);
}

TEST_CASE("eachStringIsTheReceiversAndFailingAllocationsLeaveNothing") {
    FakeService service;
    service.on("GetSnapshotProperties", ok("{\"snapshot\":" + snapshotJson(1, "\"X:\"") + "}"));
    const Object object;
    VSS_SNAPSHOT_PROP properties{};
    MallocSpy spy;
    const long before = spy.live();
    REQUIRE(object.copies->GetSnapshotProperties(kCopy, &properties) == S_OK);
    CHECK(spy.live() == before + 5);
    freeProperties(properties);
    CHECK(spy.live() == before);
    for (long number = 0; number < 5; ++number) {
        CAPTURE(number);
        std::memset(&properties, 0xEE, sizeof(properties));
        spy.failAt(number);
        CHECK(object.copies->GetSnapshotProperties(kCopy, &properties) == E_OUTOFMEMORY);
        spy.failAt(-1);
        CHECK(spy.live() == before);
        const VSS_SNAPSHOT_PROP zero{};
        CHECK(std::memcmp(&properties, &zero, sizeof(zero)) == 0);
    }
}

TEST_CASE("enumeratorDeliversInPortionsSkipsResetsAndClones") {
    FakeService service;
    service.on("Query", ok("{\"snapshots\":[" + snapshotJson(1) + "," + snapshotJson(2) + "," + snapshotJson(3) + "]}"));
    const Object object;
    MallocSpy spy;
    const long before = spy.live();
    {
        ComPtr<IVssEnumObject> list;
        REQUIRE(object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()) == S_OK);
        VSS_OBJECT_PROP items[4];
        std::memset(items, 0xEE, sizeof(items));
        ULONG fetched = 9;
        CHECK(list->Next(2, items, &fetched) == S_OK);
        CHECK(fetched == 2);
        CHECK(items[1].Type == VSS_OBJECT_SNAPSHOT);
        CHECK(text(items[1].Obj.Snap.m_pwszSnapshotDeviceObject) == L"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy2");
        ComPtr<IVssEnumObject> clone;
        REQUIRE(list->Clone(clone.put()) == S_OK);
        for (int i = 0; i < 2; ++i) freeProperties(items[i].Obj.Snap);

        CHECK(list->Next(2, items, &fetched) == S_FALSE);
        CHECK(fetched == 1);
        CHECK(items[1].Type == VSS_OBJECT_UNKNOWN);
        CHECK(items[1].Obj.Snap.m_pwszSnapshotDeviceObject == nullptr);
        freeProperties(items[0].Obj.Snap);
        CHECK(list->Next(1, items, &fetched) == S_FALSE);
        CHECK(fetched == 0);
        CHECK(list->Next(0, items, &fetched) == S_OK);

        CHECK(clone->Next(1, items, &fetched) == S_OK);
        CHECK(items[0].Obj.Snap.m_SnapshotId.Data4[7] == 0x03);
        freeProperties(items[0].Obj.Snap);

        CHECK(list->Reset() == S_OK);
        CHECK(list->Skip(2) == S_OK);
        CHECK(list->Next(1, items, &fetched) == S_OK);
        freeProperties(items[0].Obj.Snap);
        CHECK(list->Reset() == S_OK);
        CHECK(list->Skip(5) == S_FALSE);
        CHECK(list->Next(1, items, &fetched) == S_FALSE);

        fetched = 9;
        CHECK(list->Next(1, nullptr, &fetched) == E_POINTER);
        CHECK(fetched == 0);
        CHECK(list->Next(1, items, nullptr) == E_POINTER);
        CHECK(list->Clone(nullptr) == E_POINTER);

        // The seventh string is in the second item: the first one's must go too, and the cursor stays.
        CHECK(list->Reset() == S_OK);
        spy.failAt(6);
        CHECK(list->Next(3, items, &fetched) == E_FAIL);
        spy.failAt(-1);
        CHECK(fetched == 0);
        CHECK(spy.live() == before);
        CHECK(list->Next(3, items, &fetched) == S_OK);
        CHECK(items[0].Obj.Snap.m_pwszServiceMachine != items[1].Obj.Snap.m_pwszServiceMachine);
        for (int i = 0; i < 3; ++i) freeProperties(items[i].Obj.Snap);
    }
    CHECK(spy.live() == before);
}

TEST_CASE("partsOfAQueryAreJoined") {
    FakeService service;
    service.on("Query", [&service](const Received& request) {
        const std::string head = R"({"type":"reply","id":)" + std::to_string(request.id) + R"(,"hresult":"0x00000000","more":true,"result":)";
        service.sendFrame(head + "{\"snapshots\":[" + snapshotJson(1) + "]}}");
        service.sendFrame(head + "{\"snapshots\":[" + snapshotJson(2) + "," + snapshotJson(3) + "]}}");
        return ok("{\"snapshots\":[" + snapshotJson(4) + "]}");
    });
    const Object object;
    ComPtr<IVssEnumObject> list;
    REQUIRE(object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()) == S_OK);
    VSS_OBJECT_PROP items[5];
    ULONG fetched = 0;
    CHECK(list->Next(5, items, &fetched) == S_FALSE);
    REQUIRE(fetched == 4);
    for (ULONG i = 0; i < fetched; ++i) {
        CHECK(items[i].Obj.Snap.m_SnapshotId.Data4[7] == i + 1);
        freeProperties(items[i].Obj.Snap);
    }
}

TEST_CASE("nullOutPointersAreRefusedAndNothingIsAsked") {
    FakeService service;
    const Object object;
    LONG number = 7;
    BOOL flag = TRUE;
    VSS_ID id = kSet;
    CHECK(object.copies->GetSnapshotProperties(kCopy, nullptr) == E_INVALIDARG);
    CHECK(object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, nullptr) == E_INVALIDARG);
    CHECK(object.copies->DeleteSnapshots(kCopy, VSS_OBJECT_SNAPSHOT, FALSE, nullptr, &id) == E_INVALIDARG);
    CHECK(fromWindows(id) == Guid());
    CHECK(object.copies->DeleteSnapshots(kCopy, VSS_OBJECT_SNAPSHOT, FALSE, &number, nullptr) == E_INVALIDARG);
    CHECK(number == 0);
    CHECK(object.copies->IsVolumeSupported(volumeName(), nullptr) == E_INVALIDARG);
    CHECK(object.copies->IsVolumeSnapshotted(volumeName(), &flag, nullptr) == E_INVALIDARG);
    CHECK(flag == FALSE);
    CHECK(object.copies->QueryRevertStatus(volumeName(), nullptr) == E_INVALIDARG);
    CHECK(service.received().empty());
}

TEST_CASE("namesAreBoundedAndNullIsPassedOn") {
    FakeService service;
    service.on("IsVolumeSupported", error("0x80070057"));
    const Object object;
    BOOL supported = TRUE;
    CHECK(object.copies->IsVolumeSupported(nullptr, &supported) == E_INVALIDARG);
    CHECK(supported == FALSE);
    CHECK(holds(service.last("IsVolumeSupported"), R"("volumeName":null)"));
    std::wstring name(32767, L'\x20AC');
    CHECK(object.copies->IsVolumeSupported(name.data(), &supported) == E_INVALIDARG);
    CHECK(service.count("IsVolumeSupported") == 2);
    name += L'x';
    CHECK(object.copies->IsVolumeSupported(name.data(), &supported) == E_INVALIDARG);
    CHECK(object.copies->BeginPrepareSnapshot(kSet, kCopy, name.data(), 0) == E_INVALIDARG);
    CHECK(service.count("IsVolumeSupported") == 2);
    CHECK(service.count("BeginPrepareSnapshot") == 0);
}

TEST_CASE("variantsAreCopiedWithTheirTypeAndStayTheCallers") {
    FakeService service;
    const Object object;
    const BSTR drive = SysAllocString(L"X:");
    CHECK(object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, bstr(drive)) == S_OK);
    CHECK(holds(service.last("SetSnapshotProperty"), R"("propertyId":8,"value":{"vt":8,"text":"X:"})"));
    CHECK(std::wstring(drive) == L"X:");
    SysFreeString(drive);
    CHECK(object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, bstr(nullptr)) == S_OK);
    CHECK(holds(service.last("SetSnapshotProperty"), R"("value":{"vt":8,"text":""})"));
    CHECK(object.copies->SetSnapshotProperty(kCopy, static_cast<VSS_SNAPSHOT_PROPERTY_ID>(-1), bstr(nullptr)) == S_OK);
    CHECK(holds(service.last("SetSnapshotProperty"), R"("propertyId":-1,)"));
    const BSTR tooLong = SysAllocStringLen(nullptr, 32768);
    CHECK(object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, bstr(tooLong)) == E_INVALIDARG);
    SysFreeString(tooLong);
    VARIANT value{};
    CHECK(object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, value) == S_OK);
    CHECK(holds(service.last("SetSnapshotProperty"), R"("value":{"vt":0})"));
    value.vt = VT_UI4;
    value.ulVal = 0xFFFFFFFF;
    CHECK(object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_SNAPSHOT_ATTRIBUTES, value) == S_OK);
    CHECK(holds(service.last("SetSnapshotProperty"), R"("value":{"vt":19,"number":4294967295})"));
    // Of a type that no property has, the service is told the type, so that it can refuse it: it must not look like VT_EMPTY.
    value.vt = VT_BOOL;
    CHECK(object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, value) == S_OK);
    CHECK(holds(service.last("SetSnapshotProperty"), R"("value":{"vt":11})"));
}

TEST_CASE("deleteTellsWhatWasDeletedAlsoWhenItFailed") {
    FakeService service;
    const Object object;
    LONG deleted = 9;
    VSS_ID rest = kSet;
    service.on("DeleteSnapshots", error("0x80042306", "in use", R"({"deleted":1,"nondeletedId":"aaaaaaaa-0000-4000-8000-000000000002"})"));
    CHECK(object.copies->DeleteSnapshots(kSet, VSS_OBJECT_SNAPSHOT_SET, FALSE, &deleted, &rest) == kVeto);
    CHECK(deleted == 1);
    CHECK(rest.Data4[7] == 2);
    service.on("DeleteSnapshots", error("0x80042308", "unknown", R"({"deleted":0,"nondeletedId":"bbbbbbbb-0000-4000-8000-000000000001"})"));
    CHECK(object.copies->DeleteSnapshots(kSet, VSS_OBJECT_SNAPSHOT_SET, FALSE, &deleted, &rest) == kNotFound);
    CHECK(deleted == 0);
    CHECK(fromWindows(rest) == fromWindows(kSet));
}

TEST_CASE("onlyDocumentedCodesLeave") {
    FakeService service;
    const Object object;
    const auto answers = [&service](const char* hresult) {
        for (const char* call : {"SetContext", "GetSnapshotProperties", "Query", "DeleteSnapshots", "BeginPrepareSnapshot", "IsVolumeSupported",
                                 "IsVolumeSnapshotted", "SetSnapshotProperty", "RevertToSnapshot", "QueryRevertStatus", "EndPrepareSnapshots",
                                 "PreCommitSnapshots", "CommitSnapshots", "PostCommitSnapshots", "PreFinalCommitSnapshots",
                                 "PostFinalCommitSnapshots", "AbortSnapshots", "OnLoad", "OnUnload"}) {
            service.on(call, error(hresult));
        }
    };
    // S_FALSE, E_FAIL, E_UNEXPECTED, E_ABORT, an RPC code, a code of VSS itself, one that no reference knows.
    for (const char* code : {"0x80004005", "0x8000FFFF", "0x80004004", "0x800706BA", "0x8004230F", "0x8ABCDEF0"}) {
        CAPTURE(code);
        answers(code);
        VSS_SNAPSHOT_PROP properties{};
        ComPtr<IVssEnumObject> list;
        ComPtr<IVssAsync> async;
        LONG number = 0;
        VSS_ID id{};
        BOOL flag = FALSE;
        VARIANT value{};
        CHECK(object.copies->SetContext(0) == E_OUTOFMEMORY);
        CHECK(object.copies->GetSnapshotProperties(kCopy, &properties) == kVeto);
        CHECK(object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()) == kVeto);
        CHECK(list.get() == nullptr);
        CHECK(object.copies->DeleteSnapshots(kCopy, VSS_OBJECT_SNAPSHOT, FALSE, &number, &id) == kVeto);
        CHECK(object.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0) == kVeto);
        CHECK(object.copies->IsVolumeSupported(volumeName(), &flag) == kVeto);
        CHECK(object.copies->IsVolumeSnapshotted(volumeName(), &flag, &number) == kVeto);
        CHECK(object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, value) == kVeto);
        CHECK(object.copies->RevertToSnapshot(kCopy) == kVeto);
        CHECK(object.copies->QueryRevertStatus(volumeName(), async.put()) == kVeto);
        CHECK(object.sets->EndPrepareSnapshots(kSet) == kVeto);
        CHECK(object.sets->PreCommitSnapshots(kSet) == kVeto);
        CHECK(object.sets->CommitSnapshots(kSet) == kVeto);
        CHECK(object.sets->PostCommitSnapshots(kSet, 1) == kVeto);
        CHECK(object.sets->PreFinalCommitSnapshots(kSet) == kVeto);
        CHECK(object.sets->PostFinalCommitSnapshots(kSet) == kVeto);
        CHECK(object.sets->AbortSnapshots(kSet) == kVeto);
        CHECK(object.notifications->OnLoad(nullptr) == kVeto);
        CHECK(object.notifications->OnUnload(FALSE) == S_OK);
        CHECK(object.notifications->OnUnload(TRUE) == S_OK);
    }
    service.on("EndPrepareSnapshots", error("0x8004231F"));
    CHECK(object.sets->EndPrepareSnapshots(kSet) == VSS_E_INSUFFICIENT_STORAGE);
    service.on("PreFinalCommitSnapshots", error("0x80042308"));
    CHECK(object.sets->PreFinalCommitSnapshots(kSet) == kVeto);
    service.on("OnUnload", R"("hresult":"0x00000001","result":{})");
    CHECK(object.notifications->OnUnload(FALSE) == S_FALSE);
    CHECK(object.notifications->OnUnload(TRUE) == S_OK);
    service.on("IsVolumeSupported", R"("hresult":"0x00000001","result":{"supported":true})");
    BOOL flag = TRUE;
    CHECK(object.copies->IsVolumeSupported(volumeName(), &flag) == kVeto);
    CHECK(flag == FALSE);
}

TEST_CASE("revertIsFollowedThroughItsAsync") {
    FakeService service;
    service.on("QueryRevertStatus", ok(R"({"revertId":"aaaaaaaa-0000-4000-8000-000000000009"})"));
    std::atomic<bool> done{false};
    service.on("RevertProgress", [&done](const Received&) {
        return ok(done ? R"({"status":"0x0004230A","piecesDone":9,"pieces":9})" : R"({"status":"0x00042309","piecesDone":3,"pieces":9})");
    });
    Object object;
    ComPtr<IVssAsync> async;
    REQUIRE(object.copies->QueryRevertStatus(volumeName(), async.put()) == S_OK);
    object.release();  // the async keeps the provider
    HRESULT status = S_OK;
    INT reserved = 7;
    CHECK(async->QueryStatus(&status, &reserved) == S_OK);
    CHECK(status == VSS_S_ASYNC_PENDING);
    CHECK(reserved == 0);
    CHECK(async->QueryStatus(nullptr, nullptr) == E_INVALIDARG);
    CHECK(async->Cancel() == VSS_E_UNEXPECTED);
    const Stopwatch watch;
    CHECK(async->Wait(300) == S_OK);
    CHECK(watch.millis() >= 290);
    done = true;
    CHECK(async->Wait(INFINITE) == S_OK);
    CHECK(async->QueryStatus(&status, nullptr) == S_OK);
    CHECK(status == VSS_S_ASYNC_FINISHED);
    CHECK(async->Cancel() == VSS_S_ASYNC_FINISHED);
    service.on("RevertProgress", ok(R"({"status":"0x80042306","piecesDone":3,"pieces":9})"));
    CHECK(async->QueryStatus(&status, nullptr) == S_OK);
    CHECK(status == kVeto);
    CHECK(async->Cancel() == VSS_S_ASYNC_FINISHED);
    CHECK_FALSE(service.disconnected(50));
    async.reset();
    CHECK(service.disconnected());
}

}  // namespace gnomon::test
