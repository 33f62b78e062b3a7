from django.urls import path

from dashboard.patients import views

urlpatterns = [
    path("", views.patients, name="patients"),
    path("<int:pk>/", views.patient_record, name="patient_record"),
    path("<int:pk>/edit/", views.edit_patient, name="edit_patient"),
    path("<int:pk>/photo/", views.edit_photo, name="edit_patient_photo"),
    path("<int:pk>/block/", views.block_patient, name="block_patient"),
    path("<int:pk>/unblock/", views.unblock_patient, name="unblock_patient"),
    path("<int:pk>/reset-no-shows/", views.reset_no_shows, name="reset_no_shows"),
    path("<int:pk>/invite/", views.invite_patient, name="invite_patient"),
]
