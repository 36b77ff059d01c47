// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The order of the methods in the tables that VSS calls through, and how arguments are passed: contract 1.1 and 1.2, from Microsoft's
// reference. Each slot is called by its number; the service then says which call it was.
#include "world.h"

namespace gnomon::test {

namespace {

#if defined(__x86_64__) || defined(_M_X64)
// Windows x64 passes a structure of 16 or 24 bytes as the address of a copy.
using IdArgument = const VSS_ID*;
using VariantArgument = const VARIANT*;
IdArgument argument(const VSS_ID& id) { return &id; }
VariantArgument argument(const VARIANT& value) { return &value; }
#else
using IdArgument = VSS_ID;
using VariantArgument = VARIANT;
IdArgument argument(const VSS_ID& id) { return id; }
VariantArgument argument(const VARIANT& value) { return value; }
#endif

template <class... Arguments>
HRESULT callSlot(IUnknown* object, int slot, Arguments... arguments) {
    using Method = HRESULT(STDMETHODCALLTYPE*)(void*, Arguments...);
    void** const table = *reinterpret_cast<void***>(object);
    return reinterpret_cast<Method>(table[slot])(object, arguments...);
}

constexpr int kFirst = 3;  // behind QueryInterface, AddRef, Release

}  // namespace

TEST_CASE("slotsOfSoftwareSnapshotProviderAreInTheReferencesOrder") {
    FakeService service;
    service.on("GetSnapshotProperties", ok("{\"snapshot\":" + snapshotJson(1) + "}"));
    service.on("Query", ok(R"({"snapshots":[]})"));
    service.on("DeleteSnapshots", ok(R"({"deleted":1,"nondeletedId":"00000000-0000-0000-0000-000000000000"})"));
    service.on("IsVolumeSupported", ok(R"({"supported":true})"));
    service.on("IsVolumeSnapshotted", ok(R"({"present":true,"compatibility":1})"));
    service.on("QueryRevertStatus", ok(R"({"revertId":"aaaaaaaa-0000-4000-8000-000000000009"})"));
    const Object object;
    IUnknown* const provider = object.copies.get();
    VSS_SNAPSHOT_PROP properties{};
    ComPtr<IVssEnumObject> list;
    ComPtr<IVssAsync> async;
    LONG number = 0;
    BOOL flag = FALSE;
    VSS_ID id{};
    VARIANT value{};
    value.vt = VT_I4;
    value.lVal = 42;
    const std::string copy = "\"aaaaaaaa-0000-4000-8000-000000000001\"";

    CHECK(callSlot(provider, kFirst + 0, LONG{9}) == S_OK);
    CHECK(holds(service.last("SetContext"), R"("context":9)"));
    CHECK(callSlot(provider, kFirst + 1, argument(kCopy), &properties) == S_OK);
    CHECK(holds(service.last("GetSnapshotProperties"), copy));
    CoTaskMemFree(properties.m_pwszSnapshotDeviceObject);
    CoTaskMemFree(properties.m_pwszOriginalVolumeName);
    CoTaskMemFree(properties.m_pwszOriginatingMachine);
    CoTaskMemFree(properties.m_pwszServiceMachine);
    CHECK(callSlot(provider, kFirst + 2, argument(GUID_NULL), VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()) == S_OK);
    CHECK(holds(service.last("Query"), R"("queriedType":1,"returnedType":3)"));
    CHECK(callSlot(provider, kFirst + 3, argument(kCopy), VSS_OBJECT_SNAPSHOT, BOOL{TRUE}, &number, &id) == S_OK);
    CHECK(holds(service.last("DeleteSnapshots"), R"("sourceType":3,"force":true)"));
    CHECK(number == 1);
    CHECK(callSlot(provider, kFirst + 4, argument(kSet), argument(kCopy), volumeName(), LONG{-1}) == S_OK);
    CHECK(holds(service.last("BeginPrepareSnapshot"), R"("snapshotId":)" + copy));
    CHECK(holds(service.last("BeginPrepareSnapshot"), R"("context":-1})"));
    CHECK(callSlot(provider, kFirst + 5, volumeName(), &flag) == S_OK);
    CHECK(flag == TRUE);
    CHECK(callSlot(provider, kFirst + 6, volumeName(), &flag, &number) == S_OK);
    CHECK(service.count("IsVolumeSnapshotted") == 1);
    CHECK(callSlot(provider, kFirst + 7, argument(kCopy), VSS_SPROPID_SNAPSHOT_ATTRIBUTES, argument(value)) == S_OK);
    CHECK(holds(service.last("SetSnapshotProperty"), R"("propertyId":11,"value":{"vt":3,"number":42})"));
    CHECK(callSlot(provider, kFirst + 8, argument(kCopy)) == S_OK);
    CHECK(service.count("RevertToSnapshot") == 1);
    CHECK(callSlot(provider, kFirst + 9, volumeName(), async.put()) == S_OK);
    CHECK(service.count("QueryRevertStatus") == 1);
}

TEST_CASE("slotsOfCreateSnapshotSetAndNotificationsAreInTheReferencesOrder") {
    FakeService service;
    const Object object;
    IUnknown* const sets = object.sets.get();
    const std::string set = R"({"setId":"bbbbbbbb-0000-4000-8000-000000000001")";
    CHECK(callSlot(sets, kFirst + 0, argument(kSet)) == S_OK);
    CHECK(holds(service.last("EndPrepareSnapshots"), set));
    CHECK(callSlot(sets, kFirst + 1, argument(kSet)) == S_OK);
    CHECK(holds(service.last("PreCommitSnapshots"), set));
    CHECK(callSlot(sets, kFirst + 2, argument(kSet)) == S_OK);
    CHECK(holds(service.last("CommitSnapshots"), set));
    CHECK(callSlot(sets, kFirst + 3, argument(kSet), LONG{5}) == S_OK);
    CHECK(holds(service.last("PostCommitSnapshots"), set + R"(,"snapshotsCount":5)"));
    CHECK(callSlot(sets, kFirst + 4, argument(kSet)) == S_OK);
    CHECK(holds(service.last("PreFinalCommitSnapshots"), set));
    CHECK(callSlot(sets, kFirst + 5, argument(kSet)) == S_OK);
    CHECK(holds(service.last("PostFinalCommitSnapshots"), set));
    CHECK(callSlot(sets, kFirst + 6, argument(kSet)) == S_OK);
    CHECK(holds(service.last("AbortSnapshots"), set));

    IUnknown* const notifications = object.notifications.get();
    CHECK(callSlot(notifications, kFirst + 0, static_cast<IUnknown*>(nullptr)) == S_OK);
    CHECK(service.count("OnLoad") == 1);
    CHECK(callSlot(notifications, kFirst + 1, BOOL{TRUE}) == S_OK);
    CHECK(holds(service.last("OnUnload"), R"({"force":true})"));
}

TEST_CASE("slotsOfEnumeratorAndAsyncAreInTheReferencesOrder") {
    FakeService service;
    service.on("Query", ok("{\"snapshots\":[" + snapshotJson(1) + "," + snapshotJson(2) + "]}"));
    service.on("QueryRevertStatus", ok(R"({"revertId":"aaaaaaaa-0000-4000-8000-000000000009"})"));
    service.on("RevertProgress", ok(R"({"status":"0x0004230A","piecesDone":1,"pieces":1})"));
    const Object object;
    ComPtr<IVssEnumObject> list;
    REQUIRE(object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()) == S_OK);
    ULONG fetched = 7;
    ComPtr<IVssEnumObject> clone;
    CHECK(callSlot(list.get(), kFirst + 0, ULONG{0}, static_cast<VSS_OBJECT_PROP*>(nullptr), &fetched) == E_POINTER);
    CHECK(callSlot(list.get(), kFirst + 1, ULONG{3}) == S_FALSE);
    CHECK(callSlot(list.get(), kFirst + 2) == S_OK);
    CHECK(callSlot(list.get(), kFirst + 3, clone.put()) == S_OK);
    CHECK(clone->Skip(2) == S_OK);

    ComPtr<IVssAsync> async;
    REQUIRE(object.copies->QueryRevertStatus(volumeName(), async.put()) == S_OK);
    HRESULT status = S_OK;
    CHECK(callSlot(async.get(), kFirst + 0) == VSS_S_ASYNC_FINISHED);
    CHECK(callSlot(async.get(), kFirst + 1, DWORD{1000}) == S_OK);
    CHECK(callSlot(async.get(), kFirst + 2, &status, static_cast<INT*>(nullptr)) == S_OK);
    CHECK(status == VSS_S_ASYNC_FINISHED);
}

}  // namespace gnomon::test
