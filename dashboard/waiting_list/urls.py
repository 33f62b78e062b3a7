from django.urls import path

from dashboard.waiting_list import views

urlpatterns = [
    path("", views.waiting_list, name="waiting_list"),
    path("<int:pk>/offer/", views.offer, name="waiting_list_offer"),
    path("<int:pk>/urgent/", views.urgent, name="waiting_list_urgent"),
    path("offers/<int:pk>/withdraw/", views.withdraw, name="waiting_list_withdraw"),
]
